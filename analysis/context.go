package analysis

import (
	"slices"
	"time"

	"why403/analysis/covariate"
)

// context is something known at the decision, in n classes, that should tell
// nothing once the cause is known.
type context struct {
	name   string
	labels []int32
	n      int
}

func contexts(s *study) []context {
	list := []func() context{
		func() context { return s.recent("the last outcome", 1) },
		func() context { return s.recent("the last three outcomes", 3) },
		func() context { return s.recent("the last five outcomes", 5) },
		s.lately,
		func() context { return s.blocks("the time, in 8 blocks", 8) },
		func() context { return s.blocks("the time, in 32 blocks", 32) },
		s.openBins,
		s.rateBins,
		s.sinceRefusal,
	}
	for _, p := range s.parts {
		if p.Distinct > 1 {
			list = append(list, func() context { return s.recentUnder(p) })
		}
	}
	if n := len(s.run.Parts); n > 1 {
		list = append(list, func() context { return s.recordingContext(n) })
	}
	cs := make([]context, len(list))
	inParallel(len(list), func(i int) { cs[i] = list[i]() })
	return cs
}

// recordingContext labels an attempt with its recording: a rule that is another one
// in another recording is no rule that explains both.
func (s *study) recordingContext(n int) context {
	c := context{name: "which recording it is of", labels: make([]int32, len(s.table.Attempts)), n: n}
	for i := range s.table.Attempts {
		c.labels[i] = int32(s.run.PartOf(s.table.Attempts[i].Upgrade.Conn))
	}
	return c
}

// recent labels an attempt with the last outcomes before it.
func (s *study) recent(name string, depth int) context {
	c := context{name: name, labels: make([]int32, len(s.table.Refused)), n: 1 << depth}
	var history int32
	for i, refused := range s.table.Refused {
		c.labels[i] = history & int32(c.n-1)
		history <<= 1
		if refused {
			history |= 1
		}
	}
	return c
}

// lateOutcomes is how many outcomes [study.lately] looks back on.
const lateOutcomes = 12

// lately labels an attempt with how many of those before it were refused: a state that
// lasts some while shows in their number, whatever their order.
func (s *study) lately() context {
	c := context{name: "the number of refusals lately", labels: make([]int32, len(s.table.Refused)), n: lateOutcomes + 1}
	n := int32(0)
	for i, refused := range s.table.Refused {
		c.labels[i] = n
		if refused {
			n++
		}
		if i >= lateOutcomes && s.table.Refused[i-lateOutcomes] {
			n--
		}
	}
	return c
}

// mostSince bounds how far back [study.sinceRefusal] looks.
const mostSince = 48

// sinceRefusal labels an attempt with how many came since the last refusal: every n-th
// is refused n after the one before, or next to that if answers overtake each other.
func (s *study) sinceRefusal() context {
	c := context{name: "the number of upgrades since the last refusal", labels: make([]int32, len(s.table.Refused)), n: mostSince}
	since := int32(0)
	for i, refused := range s.table.Refused {
		c.labels[i] = since
		since = min(since+1, mostSince-1)
		if refused {
			since = 0
		}
	}
	return c
}

// recentUnder labels an attempt with the last outcome under its key.
func (s *study) recentUnder(p covariate.Partition) context {
	c := context{name: "the last outcome of the same " + p.Scope, labels: make([]int32, len(p.Labels)), n: 3}
	last := make([]int32, p.N) // 0 none yet, 1 accepted, 2 refused
	for i, l := range p.Labels {
		if l < 0 {
			c.labels[i] = -1
			continue
		}
		c.labels[i] = last[l]
		last[l] = 1
		if s.table.Refused[i] {
			last[l] = 2
		}
	}
	return c
}

func (s *study) blocks(name string, n int) context {
	c := context{name: name, labels: make([]int32, len(s.table.Attempts)), n: n}
	elapsed := s.table.Axis.Elapsed
	first, last := elapsed(s.table.Attempts[0].Answered), elapsed(s.table.Attempts[len(s.table.Attempts)-1].Answered)
	width := max((last-first)/time.Duration(n)+1, 1)
	for i := range s.table.Attempts {
		c.labels[i] = int32((elapsed(s.table.Attempts[i].Answered) - first) / width)
	}
	return c
}

func (s *study) openBins() context {
	return binned("the number of open sockets", s.table.OpenAtRequest(), 12)
}

// rateBins labels an attempt with how many came within a second before it.
func (s *study) rateBins() context {
	all := make([]int32, len(s.table.Attempts))
	rate := s.table.Counter(all, 1, covariate.Reading{ByRequest: true}, covariate.AllAttempts).Trailing(time.Second).Mid
	return binned("the rate of upgrades", rate, 8)
}

// binned labels values by which of n equally filled bins they fall into.
func binned(name string, values []int32, n int) context {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	var edges []int32
	for k := 1; k < n; k++ {
		if e := sorted[k*len(sorted)/n]; len(edges) == 0 || e > edges[len(edges)-1] {
			edges = append(edges, e)
		}
	}
	c := context{name: name, labels: make([]int32, len(values)), n: len(edges) + 1}
	for i, v := range values {
		at, found := slices.BinarySearch(edges, v)
		if found {
			at++
		}
		c.labels[i] = int32(at)
	}
	return c
}
