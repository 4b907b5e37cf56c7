package analysis

import (
	"cmp"
	"slices"
	"time"

	"why403/capture"
)

const (
	mostSteps    = 300
	mostRefusals = 2000
)

// niceSteps are the steps a time axis may have.
var niceSteps = []time.Duration{
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond,
	500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour,
}

func niceStep(total time.Duration) time.Duration {
	for _, s := range niceSteps {
		if total <= s*mostSteps {
			return s
		}
	}
	return total/mostSteps + 1
}

// change is a socket that opens or closes.
type change struct {
	at time.Duration // recorded before it
	by int
}

func (x *exhibition) timeline() Timeline {
	if len(x.run.Upgrades) == 0 {
		return Timeline{}
	}
	total := x.table.Axis.Total()
	t := Timeline{Step: niceStep(total)}
	t.Steps = make([]Step, min(int(total/t.Step)+1, mostSteps+1))
	x.countAnswers(&t)
	x.countOpen(&t)
	return t
}

// step returns the step in which a moment lies.
func (x *exhibition) step(t *Timeline, at capture.Instant) *Step {
	i := int(x.elapsed(at) / t.Step)
	return &t.Steps[min(max(i, 0), len(t.Steps)-1)]
}

func (x *exhibition) countAnswers(t *Timeline) {
	var refusals []time.Duration
	for i := range x.table.Attempts {
		a := &x.table.Attempts[i]
		if !a.Refused {
			x.step(t, a.Answered).Accepted++
			continue
		}
		x.step(t, a.Answered).Refused++
		refusals = append(refusals, max(0, x.elapsed(a.Answered)))
	}
	t.RefusalCount = len(refusals)
	t.Refusals = []time.Duration{}
	for _, i := range thin(len(refusals), mostRefusals) {
		t.Refusals = append(t.Refusals, refusals[i])
	}
	for _, u := range x.run.Upgrades {
		switch u.Outcome {
		case capture.Dropped, capture.TimedOut, capture.ClientGone, capture.Unreached:
			x.step(t, max(u.Phases.RequestSent, u.Phases.RequestRead, u.Phases.Accepted)).Failed++
		}
	}
}

// countOpen lays the number of open sockets, refusals in band left out, on the steps.
func (x *exhibition) countOpen(t *Timeline) {
	var changes []change
	for i := range x.table.Attempts {
		a := &x.table.Attempts[i]
		if a.Refused {
			continue
		}
		changes = append(changes, change{x.elapsed(a.Answered), +1})
		if at, released := x.released(i); released {
			changes = append(changes, change{x.elapsed(max(at, a.Answered)), -1})
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	open := 0
	for i := range t.Steps {
		end := t.Step * time.Duration(i+1)
		s := &t.Steps[i]
		s.PeakOpen = open
		for len(changes) > 0 && (changes[0].at < end || i == len(t.Steps)-1) {
			open += changes[0].by
			s.PeakOpen = max(s.PeakOpen, open)
			changes = changes[1:]
		}
		s.Open = open
	}
}

// released returns when a socket stopped counting as open, at the latest when its
// recording broke off before another.
func (x *exhibition) released(i int) (capture.Instant, bool) {
	at, released := x.table.Release(i)
	if of := x.table.Stretch(i); !released && int(of)+1 < x.table.Axis.N() {
		return x.table.Axis.Until(of), true
	}
	return at, released
}
