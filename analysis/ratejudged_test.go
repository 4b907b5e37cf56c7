package analysis

import (
	"math/rand/v2"
	"testing"
	"time"

	"why403/capture"
)

// overBucket is a load of upgrades, some a second, on a bucket that is seldom full.
func overBucket(n int, asked, rate, burst float64) *capture.Run {
	r := rand.New(rand.NewPCG(1, 2))
	run := &capture.Run{Meta: capture.Meta{Started: 1}}
	room := make([]capture.Upgrade, n)
	level, last, at := 0.0, 0.0, 1.0
	for i := range room {
		at += r.ExpFloat64() / asked
		level, last = max(0, level-rate*(at-last)), at
		sent := capture.Instant(at * 1e9)
		u := &room[i]
		*u = capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Refused, Status: 403,
			Phases: capture.Phases{RequestSent: sent, ResponseHead: sent.Add(time.Millisecond)}}
		if level <= burst-1 {
			level++
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
	s := newStudy(overBucket(650_000, 36, 30.00014, 20))
	f := newRateFit(s, s.partition("global"), s.readings[0], false)
	rate, wrong := f.balanced(20)
	if wrong > 2000 {
		t.Errorf("a bucket of %.6f a second is wrong about %d upgrades", rate, wrong)
	}
}
