package analysis

import (
	"math/rand/v2"
	"testing"
	"time"

	"why403/capture"
)

// asked is a load of n upgrades, some a second, on a gateway that accepts them or not.
func asked(n int, aSecond float64, accepts func(at float64) bool) *capture.Run {
	r := rand.New(rand.NewPCG(1, 2))
	run := &capture.Run{Meta: capture.Meta{Started: 1}}
	room := make([]capture.Upgrade, n)
	at := 1.0
	for i := range room {
		at += r.ExpFloat64() / aSecond
		sent := capture.Instant(at * 1e9)
		u := &room[i]
		*u = capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Refused, Status: 403,
			Phases: capture.Phases{RequestSent: sent, ResponseHead: sent.Add(time.Millisecond)}}
		if accepts(at) {
			u.Outcome, u.Status, u.Socket.Opened = capture.Accepted, 101, u.Phases.ResponseHead
		}
		run.Upgrades = append(run.Upgrades, u)
	}
	run.Ended = run.Upgrades[n-1].Phases.ResponseHead.Add(time.Second)
	return run
}

// The rate of half a million tokens has to be right to one in a million: what it is off by
// adds up.
func TestRateOfManyTokens(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds and 0.6 GB")
	}
	const aSecond, burst = 30.00014, 20
	level, last := 0.0, 0.0
	s := newStudy(asked(650_000, 36, func(at float64) bool {
		level, last = max(0, level-aSecond*(at-last)), at
		if level > burst-1 {
			return false
		}
		level++
		return true
	}))
	f := newRateFit(s, s.partition("global"), s.readings[0], false)
	rate, wrong := f.balanced(burst)
	if wrong > 2000 {
		t.Errorf("a bucket of %.6f a second is wrong about %d upgrades", rate, wrong)
	}
}
