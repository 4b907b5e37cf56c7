package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"why403/analysis/evidence"
)

// A search climbs to where the likelihood is best, and what it tried shares a
// prior that never sums to more than one.
func TestSearchClimbs(t *testing.T) {
	const peak = 7.3
	q := search{low: 0.1, high: 1000, scan: func(x float64) evidence.Result {
		l := -math.Abs(x-peak) * 10
		return evidence.Result{LogEvidence: l, Best: evidence.Cell{LogLik: l}}
	}}
	q.try(6, 1)
	q.climb(6, 1, 1)
	best, ok := q.best()
	if !ok || math.Abs(best.x-peak) > 0.2 {
		t.Errorf("climbed to %v, want %v", best.x, peak)
	}
	var sum float64
	for _, m := range q.masses() {
		sum += m
	}
	if sum <= 0 || sum > 1 {
		t.Errorf("the prior of what was tried sums to %v", sum)
	}
	if i := q.interval("s"); i.Low > best.x || i.High < best.x {
		t.Errorf("the interval %+v does not hold %v", i, best.x)
	}
}

func TestMostStabbed(t *testing.T) {
	spans := []span{{0, 10}, {4, 6}, {4.5, 20}, {30, 40}, {50, 50}}
	got := mostStabbed(spans, 2)
	if len(got) != 2 || got[0] < 4.5 || got[0] > 6 {
		t.Errorf("most stabbed at %v, want between 4.5 and 6", got)
	}
	if got := mostStabbed(nil, 3); len(got) != 0 {
		t.Errorf("nothing was stabbed at %v", got)
	}
}

func TestPeaks(t *testing.T) {
	bins := make([]float64, 100)
	for i := range bins {
		bins[i] = 10
	}
	bins[42] = 60
	if got := peaks(bins, 0.5, 3); len(got) == 0 || got[0] < 21 || got[0] >= 21.5 {
		t.Errorf("peaks at %v, want one in [21, 21.5)", got)
	}
}

// A set of values costs more the more sets there are, so a property that names the
// request does not win by luck.
func TestManyValuesCost(t *testing.T) {
	if one, many := logChoose(3, 1)+setSize(3, 1), logChoose(100, 20)+setSize(100, 20); many < one+40 {
		t.Errorf("20 of 100 values cost %.1f nats, one of three %.1f", many, one)
	}
	if got := logChoose(5, 2); math.Abs(got-math.Log(10)) > 1e-9 {
		t.Errorf("ln of 5 over 2 is %v", got)
	}
}

// Log likelihoods that are the same but for rounding lead a search the same way.
func TestSearchesDoNotTurnOnRounding(t *testing.T) {
	way := func(seed uint64) []float64 {
		rng := rand.New(rand.NewPCG(seed, 1))
		q := &search{low: 1, high: 1000, scan: func(x float64) evidence.Result {
			steps := math.Floor(math.Abs(x-300) / 7) // a plateau of 7 at each height
			return evidence.Result{Best: evidence.Cell{LogLik: -100 - steps + 1e-12*rng.Float64()}}
		}}
		for x := 210.0; x < 400; x += 20 {
			q.try(x, 20)
		}
		for _, best := range q.top(mostKept) {
			q.climb(best.x, best.step, best.step)
		}
		q.widen()
		var tried []float64
		for _, t := range q.tried {
			tried = append(tried, t.x)
		}
		return tried
	}
	for seed := range uint64(20) {
		if first, other := way(100), way(seed); !slices.Equal(first, other) {
			t.Fatalf("tried %v, and %v with other rounding", first, other)
		}
	}
}
