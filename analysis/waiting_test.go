package analysis_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"why403/analysis"
	"why403/capture"
)

// placed is a load on a gateway that holds so many sockets: whoever comes then waits for a
// place in the order of coming, and is refused if none is free in time.
func placed(places int, patience float64) *capture.Run {
	r := rand.New(rand.NewPCG(3, 1))
	run := &capture.Run{Meta: capture.Meta{Started: capture.At(time.Unix(1_800_000_000, 0))}}
	at := func(s float64) capture.Instant { return run.Started.Add(time.Duration(s * 1e9)) }
	free := make([]float64, places) // when each place is
	for i, now := 0, 0.1; now < 60; i++ {
		place := slices.Index(free, slices.Min(free))
		wait := max(free[place]-now, 0) + 0.001
		u := &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Accepted, Status: 101}
		u.Phases.Resolved, u.Phases.Dialed, u.Phases.RequestSent = at(now-0.002), at(now-0.001), at(now)
		if wait > patience {
			u.Outcome, u.Status, wait = capture.Refused, 503, patience
		} else {
			free[place] = now + wait + 0.5 + 2*r.Float64()
			u.Socket.Opened, u.Socket.Closed = at(now+wait), at(free[place])
		}
		u.Phases.ResponseFirst, u.Phases.ResponseHead = at(now+wait), at(now+wait)
		run.Upgrades = append(run.Upgrades, u)
		now += 0.1 * r.ExpFloat64()
	}
	run.Ended = at(65)
	return run
}

func TestLimitWithPlacesToWaitFor(t *testing.T) {
	for _, patience := range []float64{0.3, 2} {
		f := analysis.Explain(placed(12, patience))
		if f.Verdict.Status != analysis.Determined || f.Verdict.Causes[0].Cause != "concurrency-cap" || f.Verdict.Causes[0].Threshold.Value != 12 {
			t.Errorf("%v s: %s: %s", patience, f.Verdict.Status, f.Verdict.Says)
		}
	}
}
