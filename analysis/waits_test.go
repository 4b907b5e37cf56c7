package analysis

import (
	"testing"
	"time"

	"why403/capture"
)

// Waits that grow until refusals take as long are those of a queue, whatever the usual wait; before
// what breaks down at once they are as they always are.
func TestQueueBesideRefusals(t *testing.T) {
	const usual, timeout = 4 * time.Second, 12 * time.Second
	for name, grown := range map[string]time.Duration{"queue": 11 * time.Second, "outage": usual} {
		run := plainRun(600, func(i int, u *capture.Upgrade, _ *capture.Token) {
			wait := usual
			switch {
			case i >= 180 && i < 200 || i >= 260 && i < 280:
				wait = grown
			case i >= 200 && i < 260:
				refuse(u, "")
				wait = timeout + time.Duration(i%7)*time.Millisecond
			}
			u.Phases.ResponseHead = u.Phases.RequestSent.Add(wait)
			if u.Outcome == capture.Accepted {
				u.Socket.Opened = u.Phases.ResponseHead
			}
		})
		if got, want := newStudy(run).table.Queues, grown > usual; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
