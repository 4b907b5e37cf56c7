package covariate

import (
	"cmp"
	"slices"
	"time"

	"why403/capture"
)

// Axis is the time that a run recorded. One recording is one stretch of it; of
// several that were joined, those that overlap share a stretch.
//
// What a gateway held before a stretch, or between two, nobody saw. Counts begin anew
// with each, as they do with a recording.
type Axis struct {
	run     *capture.Run
	list    []stretch
	ofParts []int32 // the stretch of each of the run's parts
}

type stretch struct {
	from, until capture.Instant
	before      time.Duration // recorded before it
}

func newAxis(run *capture.Run) Axis {
	x := Axis{run: run}
	if len(run.Parts) == 0 {
		from := run.Started
		if !from.Seen() && len(run.Upgrades) > 0 {
			from = run.Upgrades[0].Phases.RequestSent
		}
		of := *run
		of.Started = from
		x.list = []stretch{{from: from, until: from.Add(of.Duration())}}
		return x
	}
	for _, p := range run.Parts {
		if n := len(x.list); n == 0 || p.Started > x.list[n-1].until {
			s := stretch{from: p.Started, until: p.Until}
			if n > 0 {
				s.before = x.list[n-1].before + x.list[n-1].until.Sub(x.list[n-1].from)
			}
			x.list = append(x.list, s)
		}
		last := len(x.list) - 1
		x.list[last].until = max(x.list[last].until, p.Until)
		x.ofParts = append(x.ofParts, int32(last))
	}
	return x
}

// N is how many stretches there are.
func (x Axis) N() int { return len(x.list) }

// Of returns the stretch of an attempt.
func (x Axis) Of(u *capture.Upgrade) int32 {
	if len(x.ofParts) == 0 {
		return 0
	}
	return x.ofParts[x.run.PartOf(u.Conn)]
}

// OfPart returns the stretch of one of the run's parts.
func (x Axis) OfPart(i int) int { return int(x.ofParts[i]) }

// Elapsed returns how much had been recorded at a moment: the time since the start,
// less the gaps between stretches.
func (x Axis) Elapsed(at capture.Instant) time.Duration {
	i, _ := slices.BinarySearchFunc(x.list, at+1, func(s stretch, at capture.Instant) int { return cmp.Compare(s.from, at) })
	i = max(i-1, 0)
	d := at.Sub(x.list[i].from)
	if i+1 < len(x.list) {
		d = min(d, x.list[i].until.Sub(x.list[i].from))
	}
	return x.list[i].before + d
}

// At returns the moment at which so much had been recorded.
func (x Axis) At(elapsed time.Duration) capture.Instant {
	i := len(x.list) - 1
	for i > 0 && elapsed < x.list[i].before {
		i--
	}
	return x.list[i].from.Add(elapsed - x.list[i].before)
}

// Total is how long was recorded, gaps left out.
func (x Axis) Total() time.Duration {
	last := x.list[len(x.list)-1]
	return last.before + last.until.Sub(last.from)
}

// Longest is the length of the longest stretch.
func (x Axis) Longest() time.Duration {
	var longest time.Duration
	for _, s := range x.list {
		longest = max(longest, s.until.Sub(s.from))
	}
	return longest
}

// Until is when a stretch ended.
func (x Axis) Until(i int32) capture.Instant { return x.list[i].until }

// Begins returns how much had been recorded when each stretch but the first began.
func (x Axis) Begins() []time.Duration {
	var list []time.Duration
	for _, s := range x.list[1:] {
		list = append(list, s.before)
	}
	return list
}

// Stretch returns the stretch of the attempt at a position.
func (t *Table) Stretch(i int) int32 { return t.stretches[i] }
