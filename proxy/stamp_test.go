package proxy

import (
	"testing"
	"time"

	"why403/capture"
)

// TestClockStep: a wall clock that is set during a run leaves the order of what is
// recorded as it was. One that was an hour ahead when the run began has been set back.
func TestClockStep(t *testing.T) {
	c := newClock()
	c.wall += capture.Instant(time.Hour)
	for last := c.wall; ; {
		now := c.now()
		if now < last || now > c.wall+capture.Instant(time.Minute) {
			t.Fatalf("%v after %v", now, last)
		}
		if last = now; now > c.wall {
			return
		}
	}
}
