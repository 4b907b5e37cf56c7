package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"why403/analysis/covariate"
	"why403/capture"
	"why403/internal/sim/virtual"
)

// drawn is moments under one key as chance has them.
func drawn(r *rand.Rand, n int) []moment {
	var list []moment
	for i := range n {
		m := moment{who: i, close: r.IntN(3) == 0, refused: r.IntN(2) == 0, lo: float64(r.IntN(4)), weight: 0.5 + r.Float64()}
		m.mid = m.lo + float64(r.IntN(2))
		m.hi = m.mid + float64(r.IntN(2))
		m.setLikes(evenly)
		list = append(list, m)
	}
	return list
}

// Summing over every way a leak can have gone comes to the same.
func TestLeakMatchesEveryWay(t *testing.T) {
	const start, rate = 4, 0.2
	var every func(key []moment, lost int) float64
	every = func(key []moment, lost int) float64 {
		switch {
		case len(key) == 0:
			return 1
		case !key[0].close:
			return key[0].like(float64(start-lost)) * every(key[1:], lost)
		case lost == start: // there is none to lose
			return every(key[1:], lost)
		}
		return (1-rate)*every(key[1:], lost) + rate*every(key[1:], lost+1)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		key := drawn(r, 12)
		got, want := leakForward(key, start, rate, math.Inf(-1)), math.Log(every(key, 0))
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// So does summing over every way a limit can have moved.
func TestMovesMatchEveryWay(t *testing.T) {
	const states, rate = 5, 0.1
	r := rand.New(rand.NewPCG(3, 4))
	for _, way := range []drift{grows, shrinks} {
		limits, prior := ordered(way, states)
		var every func(list []moment, k int) float64
		every = func(list []moment, k int) float64 {
			if len(list) == 0 {
				return 1
			}
			room := states - 1 - k
			stay := 1.0
			var sum float64
			if room > 0 {
				stay = 1 - rate
			}
			sum = stay * list[0].like(limits[k]) * every(list[1:], k)
			for to := k + 1; to < states; to++ {
				sum += rate / float64(room) * list[0].like(limits[to]) * every(list[1:], to)
			}
			return sum
		}
		list := drawn(r, 6)
		var want float64
		for k := range states {
			want += math.Exp(prior[k]) * every(list, k)
		}
		if got := moveForward(way, list, states, rate, math.Inf(-1)); math.Abs(got-math.Log(want)) > 1e-9 {
			t.Fatalf("%s: %v, want %v", way, got, math.Log(want))
		}
	}
}

// driftingScene is a load of sockets that come and go, under a limit.
func driftingScene(seed uint64, limit virtual.Cap) virtual.Scene {
	return virtual.Scene{
		Seed:    seed,
		Loads:   []virtual.Load{{Threads: 80, Over: 30, Until: 240, Hold: 12, Pause: 4}},
		Network: virtual.Network{Way: 0.01, Jitter: 0.002, Dates: 0.2},
		Gateway: virtual.Gateway{Rules: []virtual.Rule{limit.Rule()}, Work: 0.002},
	}
}

func TestLimitsThatDrift(t *testing.T) {
	leaking := Explain(driftingScene(1, virtual.Cap{N: 50, Leak: 0.04}).Run()).Verdict
	if c := leaking.Causes[0]; leaking.Status != Determined || c.Cause != "concurrency-cap" || c.Leak == nil || c.Threshold.Low > 50 || c.Threshold.High < 50 {
		t.Fatalf("a leak: %s: %s", leaking.Status, leaking.Says)
	} else if c.Leak.Low > 0.04 || c.Leak.High < 0.04 {
		t.Errorf("leaks %+v, want 0.04", c.Leak)
	}
	growing := Explain(driftingScene(2, virtual.Cap{N: 20, Grow: 0.2, Every: 100}).Run()).Verdict
	if c := growing.Causes[0]; growing.Status != Determined || c.Cause != "concurrency-cap" || c.Threshold.Value != 20 || len(c.Moves) != 2 {
		t.Fatalf("steps: %s: %s %+v", growing.Status, growing.Says, c.Moves)
	} else if m := c.Moves; m[0].To != 40 || m[1].To != 60 || math.Abs(m[0].AtS-100) > 2 || math.Abs(m[1].AtS-200) > 2 {
		t.Errorf("moves %+v, want to 40 at 100 s and to 60 at 200 s", m)
	}
	if want := "moves from 20 to 60 in 2 steps"; !strings.Contains(growing.Says, want) {
		t.Errorf("says %q", growing.Says)
	}
	shrinking := Explain(driftingScene(3, virtual.Cap{N: 50, Grow: -0.1, Every: 150}).Run()).Verdict
	if c := shrinking.Causes[0]; shrinking.Status != Determined || len(c.Moves) != 1 || c.Moves[0].To != 35 {
		t.Errorf("one step: %s: %s", shrinking.Status, shrinking.Says)
	}
}

// Where places were lost among many closes, each way to say which is improbable, but not that they were:
// the limit is what the decisions after it tell, even if these weigh little.
func TestLeakIsTold(t *testing.T) {
	const start, rate = 20, 0.03
	var key []moment
	decide := func(n int, open float64, refused bool) {
		for range n {
			m := moment{who: len(key), lo: open, mid: open, hi: open, refused: refused, weight: 0.3}
			m.setLikes(evenly)
			key = append(key, m)
		}
	}
	for range 40 {
		key = append(key, moment{close: true})
	}
	decide(8, 18, false)
	decide(8, 19, true)
	for range 120 {
		key = append(key, moment{close: true})
	}
	decide(8, 11, false)
	decide(8, 12, true)
	limits := make([]float64, len(key))
	lost := leakWay(key, start, rate, limits)
	if first, last := limits[40], limits[len(key)-1]; first != 19 || last != 12 || lost != start-12 {
		t.Errorf("a limit of %v, then %v, %d lost", first, last, lost)
	}
}

// Where sockets come and go long before the limit is first reached, places are lost by then: the limit
// was higher than any number that was ever open. Where every place of a key is lost, none is left.
func TestLeaksBeforeAndToTheEnd(t *testing.T) {
	scene := driftingScene(6, virtual.Cap{N: 60, Leak: 0.1})
	scene.Loads = []virtual.Load{{Threads: 60, Over: 90, Until: 200, Hold: 9, Pause: 4}}
	v := Explain(scene.Run()).Verdict
	if c := v.Causes[0]; v.Status != Determined || c.Leak == nil || c.Threshold.Low > 60 || c.Threshold.High < 60 {
		t.Errorf("reached late: %s: %s %+v", v.Status, v.Says, c.Threshold)
	}
	scene = driftingScene(7, virtual.Cap{N: 4, Leak: 0.2, Key: virtual.PerSubject})
	scene.Cast = virtual.Cast{Subjects: 12}
	v = Explain(scene.Run()).Verdict
	if c := v.Causes[0]; v.Status != Determined || c.Scope != "subject" || c.Leak == nil || c.Threshold.Value != 4 {
		t.Errorf("to the end: %s: %s %+v", v.Status, v.Says, c.Threshold)
	}
}

// A limit that stays is not said to drift, nor is anything else said to be a limit that
// does.
func TestWhatDoesNotDrift(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cap", "cap-linger", "window", "every-nth", "stale-of-waves", "hysteresis", "breaker", "moods-of-all", "overload-of-open"} {
		for _, f := range virtual.Families() {
			if f.Name != name {
				continue
			}
			for seed := range uint64(1) {
				v := Explain(f.Case(seed).Run).Verdict
				if c := v.Causes[0]; v.Status == Determined && (c.Leak != nil || len(c.Moves) > 0) {
					t.Errorf("%s %d: %s", name, seed, v.Says)
				}
			}
		}
	}
}

// Of two places lost nobody can tell that they were.
func TestAFewLostPlacesAreNoLeak(t *testing.T) {
	for seed := range uint64(6) {
		v := Explain(driftingScene(seed, virtual.Cap{N: 50, Leak: 0.002}).Run()).Verdict
		if c := v.Causes[0]; v.Status == Determined && c.Leak != nil && c.Leak.Value > 0.01 {
			t.Errorf("%d: %s", seed, v.Says)
		}
	}
}

// A limit that drifts under a key is no explanation of attempts whose key is not known.
func TestDriftSaysNothingWithoutKeys(t *testing.T) {
	s := newStudy(plainRun(400, func(i int, u *capture.Upgrade, tok *capture.Token) {
		if i%20 == 0 {
			tok.ClientID = "load"
		}
		if i%7 < 3 {
			refuse(u, "")
			return
		}
		u.Socket.Closed, u.Socket.EndedBy = u.Socket.Opened.Add(170*time.Second), capture.Client
	}))
	for _, h := range weighCap(s) {
		if h.scope == "client" && h.logEvidence > -100 {
			t.Errorf("log evidence %.1f of a limit that says nothing of 380 in 400 attempts", h.logEvidence)
		}
	}
}

// A limit is proven to have shrunk only if something was let through under what it shrank to:
// else it may be an outage, or a ban.
func TestShrunkToNothing(t *testing.T) {
	const n, moved = 400, 300
	for _, through := range []bool{true, false} {
		s := &study{table: &covariate.Table{Refused: make([]bool, n)}}
		d := &drifting{way: shrinks, limits: make([]float64, n)}
		for i := range n {
			d.limits[i] = 40
			if i >= moved {
				d.limits[i] = 1
			}
			s.table.Refused[i] = i%2 == 1 || i >= moved && (!through || i%4 > 0)
		}
		h := &hypothesis{scope: "global", drift: d, counts: Counts{N11: n / 2, N00: n / 2}}
		if provenCap(s, h) != through {
			t.Errorf("let through %v, proven %v", through, !through)
		}
	}
}
