package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What is dropped as negligible changes nothing: the likelihood is that over every number
// of places lost.
func TestLostPlacesAreAllThatMatter(t *testing.T) {
	const start, rate = 30, 0.05
	r := rand.New(rand.NewPCG(1, 2))
	lost, all := noneLost(start), make([]float64, start+1)
	all[0] = 1
	var got, want float64
	for range 400 {
		if r.IntN(3) == 0 {
			lost.loseOne(rate)
			for l := start; l > 0; l-- {
				falls := all[l-1] * rate
				all[l] += falls
				all[l-1] -= falls
			}
			continue
		}
		open := float64(r.IntN(start))
		m := moment{lo: open - 1, mid: open, hi: open + 1, weight: 1, refused: open > 24}
		m.setLikes(evenly)
		got += lost.meet(&m)
		want += weigh(all, 0, &m, start)
	}
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("log likelihood %.12f, over all numbers %.12f", got, want)
	}
	if from := lost.from; from == 0 || len(lost.chance) == len(all) {
		t.Errorf("%d chances from %d on are kept of %d", len(lost.chance), from, len(all))
	}
}
