package analysis

import (
	"strings"
	"testing"
	"time"

	"why403/capture"
)

func exhibits(run *capture.Run) *Exhibits { return Exhibit(run, Explain(run)) }

func TestDistributionsNameWhatTellsMost(t *testing.T) {
	for name, c := range map[string]struct {
		gateway toy
		want    string
	}{
		"cap":   {capped, "open sockets"},
		"lapse": {toy{limit: 0, lapse: 100 * time.Second, renew: 250 * time.Second, rate: 3, life: 5 * time.Second, lasts: 8 * time.Minute}, "token age"},
	} {
		x := exhibits(c.gateway.run(5))
		if x.Differ[0].Name != c.want || x.Differ[0].Apart < 0.5 {
			t.Errorf("%s: %s tells most, by %.2f; want %s", name, x.Differ[0].Name, x.Differ[0].Apart, c.want)
		}
		for _, d := range x.Differ {
			n := 0
			for _, b := range d.Bins {
				n += b.Refused + b.Accepted
			}
			if d.Name != "token" && n+d.Unknown != len(x.Attempts) {
				t.Errorf("%s: the bins of %s hold %d of %d attempts", name, d.Name, n, len(x.Attempts))
			}
		}
	}
	if x := exhibits(toy{rate: 1, life: time.Second, lasts: time.Minute}.run(1)); len(x.Differ) != 0 {
		t.Errorf("distributions without a refusal: %+v", x.Differ)
	}
}

func TestKeyLoadsShowACapPerKey(t *testing.T) {
	x := exhibits(capped.run(5))
	for _, k := range x.Keys {
		for _, r := range k.Rows {
			if r.MostAccepted >= 40 || r.Refused > r.Attempts || r.Attempts == 0 || r.Value == "" {
				t.Errorf("%s %q: %+v", k.Scope, r.Value, r)
			}
		}
	}
	if len(x.Keys) == 0 || x.Keys[0].Scope != "token" || x.Keys[0].Values < 20 {
		t.Errorf("keys %+v", x.Keys)
	}
}

// TestAttemptsKeepRefusals thins a run of more attempts than fit.
func TestAttemptsKeepRefusals(t *testing.T) {
	var c capture.Collector
	n, refused := mostAttempts+50_000, 0
	for i := range n {
		u := capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Status: 101, Outcome: capture.Accepted}
		u.Phases.RequestSent = capture.Instant(1e18).Add(time.Duration(i) * time.Millisecond)
		u.Socket.Opened = u.Phases.RequestSent
		if i%7 == 0 {
			u.Status, u.Outcome, u.Socket = 403, capture.Refused, capture.Socket{}
			refused++
		}
		c.Put(u)
	}
	run := c.Run(capture.Meta{Started: capture.Instant(1e18)})
	x := Exhibit(run, &Findings{})
	got := 0
	last := time.Duration(-1)
	for _, a := range x.Attempts {
		if a.Refused {
			got++
		}
		if a.At < last {
			t.Fatal("attempts are out of order")
		}
		last = a.At
	}
	if len(x.Attempts) != mostAttempts || got != refused {
		t.Errorf("%d attempts with %d refusals, want %d with %d", len(x.Attempts), got, mostAttempts, refused)
	}
}

func TestWaits(t *testing.T) {
	x := exhibits(capped.run(5))
	if x.Waits == nil || len(x.Waits.Bins) != 1 || !strings.HasPrefix(x.Waits.Bins[0].Label, "0 s to 1 ms") && !strings.HasPrefix(x.Waits.Bins[0].Label, "1 ms to 2 ms") {
		t.Errorf("waits %+v", x.Waits)
	}
}
