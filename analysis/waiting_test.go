package analysis_test

import (
	"math"
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

// shaped is a load on a gateway that lets one through after the other in step, and has room for
// so many that wait for their turn; it refuses the rest at once.
func shaped(rate float64, room int) *capture.Run {
	r := rand.New(rand.NewPCG(5, 1))
	run := &capture.Run{Meta: capture.Meta{Started: capture.At(time.Unix(1_800_000_000, 0))}}
	at := func(s float64) capture.Instant { return run.Started.Add(time.Duration(s * 1e9)) }
	turn := 0.0 // when the next may pass
	for i, now := 0, 0.1; now < 40; i++ {
		u := &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Refused, Status: 403}
		answered := now + 0.001
		if (turn-now)*rate <= float64(room) {
			answered += max(turn-now, 0)
			turn = max(turn, now) + 1/rate
			u.Outcome, u.Status = capture.Accepted, 101
			u.Socket.Opened, u.Socket.Closed = at(answered), at(answered+1+r.Float64())
		}
		u.Phases.Resolved, u.Phases.Dialed, u.Phases.RequestSent = at(now-0.002), at(now-0.001), at(now)
		u.Phases.ResponseFirst, u.Phases.ResponseHead = at(answered+0.001*r.Float64()), at(answered+0.001*r.Float64())
		run.Upgrades = append(run.Upgrades, u)
		now += 0.06 * r.ExpFloat64()
	}
	run.Ended = at(45)
	return run
}

// What is let through in step waits for its turn under a limit on the rate; what has room for
// 20 that wait while others are worked on is overload only if the work varies.
func TestTurnsInStepAreARateLimit(t *testing.T) {
	f := analysis.Explain(shaped(9, 20))
	if f.Verdict.Status != analysis.Determined || f.Verdict.Causes[0].Cause != "rate-limit" || math.Abs(f.Verdict.Causes[0].Threshold.Value-9) > 0.27 {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}
