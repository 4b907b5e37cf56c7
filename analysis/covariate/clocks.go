package covariate

import (
	"slices"
	"time"

	"why403/analysis/clock"
	"why403/capture"
)

// setClock estimates the gateway's clock less ours. Recordings of several machines,
// or days, need not have one offset: if not all samples allow one, each recording has
// its own.
func (t *Table) setClock() {
	main := mainAuthority(t.Run)
	t.Clock, t.ClockSet = clock.Estimate(clockSamples(t.Run.Clock, main))
	if len(t.Run.Parts) == 0 || t.ClockSet && t.Clock.Agree == t.Clock.Samples {
		return
	}
	for _, p := range t.Run.Parts {
		c, known := clock.Estimate(clockSamples(p.Clock, main))
		if !known {
			c.Offset, c.Error = t.Clock.Offset, max(t.Clock.Error, UnknownClock)
		}
		t.clocks = append(t.clocks, c)
	}
}

// OneClock reports whether all recordings agree on the gateway's clock.
func (t *Table) OneClock() bool { return len(t.clocks) == 0 }

// clockOf returns the gateway's clock less that of the recording that an attempt is
// of, with its error.
func (t *Table) clockOf(u *capture.Upgrade) (offset, err time.Duration) {
	switch {
	case len(t.clocks) > 0:
		c := t.clocks[t.Run.PartOf(u.Conn)]
		return c.Offset, c.Error
	case t.ClockSet:
		return t.Clock.Offset, t.Clock.Error
	}
	return 0, UnknownClock
}

// clockSamples returns those samples that are of the authority that most upgrades
// asked for, or all if none is.
func clockSamples(of []capture.ClockSample, main string) []capture.ClockSample {
	others := func(s capture.ClockSample) bool { return s.Authority != main }
	if !slices.ContainsFunc(of, others) {
		return of // no copy of a million
	}
	mains := slices.DeleteFunc(slices.Clone(of), others)
	if len(mains) == 0 {
		return of
	}
	return mains
}

func mainAuthority(run *capture.Run) string {
	count := map[string]int{}
	most := ""
	for _, u := range run.Upgrades {
		count[u.Authority]++
		if c := count[u.Authority]; c > count[most] || c == count[most] && u.Authority < most {
			most = u.Authority
		}
	}
	return most
}
