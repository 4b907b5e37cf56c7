package analysis

import (
	"math"
	"slices"

	"why403/capture"
)

// rateBound is the least rate that a stretch between two refusals allows, and how
// much more it may be.
type rateBound struct{ rate, width float64 }

// leastClear is one in how many refusals must be clear of acceptances for these to do.
const leastClear = 10

// mostRefusalsOfKey bounds the pairs of refusals that are looked at.
const mostRefusalsOfKey = 250

// bounds returns the largest rate that each length of stretch asks for.
//
// At a refusal less than a token is left, so of the A upgrades let through between
// two refusals at least A − 1 were paid by what came in meanwhile: r ≥ (A − 1)/dt.
// Where the bucket never filled up in between, r is at most 2/dt more.
func (f *rateFit) bounds() []rateBound {
	all, clear := f.refusals()
	if bounds := f.boundsOf(clear); len(bounds) > 0 {
		return bounds
	}
	return f.boundsOf(all) // of few refusals each may have come amid a burst
}

// boundsOf returns those of refusals under each label.
func (f *rateFit) boundsOf(lists [][]passed) []rateBound {
	best := map[int]rateBound{} // by the octave of the length
	jitter := f.s.table.Blur(f.reading).Seconds()
	for _, list := range lists {
		stride := 1 + len(list)/mostRefusalsOfKey
		for i := 0; i < len(list); i += stride {
			for j := i + stride; j < len(list); j += stride {
				dt, a := list[j].at-list[i].at, list[j].through-list[i].through
				if a < 4 || dt <= 0 {
					continue
				}
				octave := int(math.Floor(math.Log2(dt)))
				if rate := (a - 1) / (dt + 2*jitter); rate > best[octave].rate {
					best[octave] = rateBound{rate, 2 / dt}
				}
			}
		}
	}
	var octaves []int
	for o := range best {
		octaves = append(octaves, o)
	}
	slices.Sort(octaves)
	var bounds []rateBound
	for _, o := range slices.Backward(octaves) {
		bounds = append(bounds, best[o])
	}
	return bounds[:min(len(bounds), mostPeaks)]
}

// passed is a refusal with how many upgrades its key had been let through before.
type passed struct{ at, through float64 }

// refusals returns those under each label in order, and without those that came so close to
// an acceptance that the recording cannot tell which was decided first: of many such pairs
// the largest rate is that of the most in the wrong order.
func (f *rateFit) refusals() (all, clear [][]passed) {
	all, clear = make([][]passed, f.part.N), make([][]passed, f.part.N)
	through, latest := make([]float64, f.part.N), make([]float64, f.part.N)
	blur := f.s.table.Blur(f.reading).Seconds()
	f.count().Each(func(i int32, moment capture.Instant) {
		l, at := f.part.Labels[i], f.s.since(moment)
		switch {
		case l < 0 || f.s.forced != nil && f.s.forced[i]:
		case f.s.table.Refused[i]:
			all[l] = append(all[l], passed{at, through[l]})
			if through[l] == 0 || at-latest[l] > blur {
				clear[l] = append(clear[l], passed{at, through[l]})
			}
		default:
			through[l]++
			latest[l] = at
			for n := len(clear[l]); n > 0 && at-clear[l][n-1].at <= blur; n-- {
				clear[l] = clear[l][:n-1]
			}
		}
	})
	for l := range all {
		if leastClear*len(clear[l]) < len(all[l]) {
			clear[l] = all[l]
		}
	}
	return all, clear
}
