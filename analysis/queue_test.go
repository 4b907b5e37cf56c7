package analysis_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"why403/analysis"
	"why403/capture"
)

// queued is a load on a gateway that checks 13 tokens a second, one after the other,
// and turns away after a time whoever would wait longer. With at once it is a token
// bucket of the same rate and room, which decides without a wait. All of it may take some
// times as long.
func queued(atOnce bool, slower float64) *capture.Run {
	const service, patience = 1.0 / 13, 0.8
	run := &capture.Run{Meta: capture.Meta{Started: capture.At(time.Unix(1_800_000_000, 0))}}
	at := func(s float64) capture.Instant { return run.Started.Add(time.Duration(s * slower * 1e9)) }
	free := 0.0 // when all that wait are served
	for i, now := 0, 0.1; now < 60; i++ {
		wait := max(free-now, 0) + service
		u := &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Accepted, Status: 101}
		if wait > patience {
			u.Outcome, u.Status, wait = capture.Refused, 403, patience
		} else {
			free = now + wait
		}
		if atOnce {
			wait = 0.002
		}
		u.Phases.Resolved, u.Phases.Dialed = at(now-0.002), at(now-0.001)
		u.Phases.RequestSent, u.Phases.ResponseHead = at(now), at(now+wait)
		u.Phases.ResponseFirst = u.Phases.ResponseHead
		if u.Outcome == capture.Accepted {
			u.Socket.Opened, u.Socket.Closed = u.Phases.ResponseHead, at(now+wait+0.3)
		}
		run.Upgrades = append(run.Upgrades, u)
		now += 0.085 + 0.02*math.Sin(float64(i*i)) + 0.05*math.Sin(now/3)
	}
	run.Ended = at(61)
	return run
}

func TestQueueIsOverloadAndBucketARate(t *testing.T) {
	for _, slower := range []float64{1, 5} { // waits of less than a second, and of more
		for atOnce, want := range map[bool]string{false: "overload", true: "rate-limit"} {
			f := analysis.Explain(queued(atOnce, slower))
			if f.Verdict.Status != analysis.Determined || f.Verdict.Causes[0].Cause != want {
				t.Errorf("decided at once %t, %v times slower: %s: %s", atOnce, slower, f.Verdict.Status, f.Verdict.Says)
			}
		}
	}
}

// crowded is a load on a gateway that checks so many tokens at a time, each for a while,
// and holds so many more; whoever finds no room is refused at once.
func crowded() *capture.Run {
	const workers, room = 4, 3
	run := &capture.Run{Meta: capture.Meta{Started: capture.At(time.Unix(1_800_000_000, 0))}}
	at := func(s float64) capture.Instant { return run.Started.Add(time.Duration(s * 1e9)) }
	var free [workers]float64
	var begins []float64 // of those that wait
	for i, now := 0, 0.1; now < 90; i++ {
		u := &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Refused, Status: 503}
		begins = slices.DeleteFunc(begins, func(begin float64) bool { return begin <= now })
		wait := 0.004
		if len(begins) < room {
			slices.Sort(free[:])
			begin := max(free[0], now)
			free[0] = begin + 0.5 + 0.2*math.Abs(math.Sin(float64(7*i)))
			begins = append(begins, begin)
			u.Outcome, u.Status, wait = capture.Accepted, 101, free[0]-now+0.004
		}
		u.Phases.Resolved, u.Phases.Dialed = at(now-0.006), at(now-0.002)
		u.Phases.RequestSent, u.Phases.ResponseHead = at(now), at(now+wait)
		u.Phases.ResponseFirst = u.Phases.ResponseHead
		if u.Outcome == capture.Accepted {
			u.Socket.Opened, u.Socket.Closed = u.Phases.ResponseHead, at(now+wait+2+math.Sin(float64(i)))
		}
		run.Upgrades = append(run.Upgrades, u)
		now += 0.16 + 0.05*math.Sin(float64(i*i)) + 0.09*math.Sin(now/3)
	}
	run.Ended = at(91)
	return run
}

func TestFullQueueIsOverload(t *testing.T) {
	f := analysis.Explain(crowded())
	if f.Verdict.Status != analysis.Determined || f.Verdict.Causes[0].Cause != "overload" || f.Verdict.Causes[0].Threshold.Value != 7 {
		t.Errorf("%s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}
