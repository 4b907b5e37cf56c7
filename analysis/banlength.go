package analysis

import (
	"fmt"
	"math"
	"slices"
)

// spans returns the lengths that each ban allows: longer than from its start to the
// last refusal, shorter than to the next acceptance. The start of a ban that renews
// is the attempt before.
func (f *banFit) spans(renews bool) []span {
	var spans []span
	j := f.s.table.Jitter.Seconds()
	for _, t := range f.turns {
		if !t.Accepted.Seen() {
			continue
		}
		low, high := t.Last.Sub(t.First).Seconds(), t.Accepted.Sub(t.First).Seconds()
		if renews {
			low, high = t.Longest.Seconds(), t.Accepted.Sub(t.Last).Seconds()
		}
		spans = append(spans, span{max(low-j, 0), high + j})
	}
	return spans
}

// lengthsToTry returns the lengths to try, those of the beginning of a long recording
// if there is one.
func (f *banFit) lengthsToTry(renews bool) []float64 {
	key := fmt.Sprintf("ban lengths %s %v", f.part.Scope, renews)
	var list []float64
	if f.s.beginning == nil {
		list = f.lengths(renews)
		var kept []trial
		for _, x := range list {
			kept = append(kept, trial{x: x})
		}
		f.s.note(f.s.prefix+key, key, kept)
		return list
	}
	for _, t := range f.s.begun(key).list {
		list = append(list, t.x)
	}
	return list
}

// lengths returns the lengths to try; the length of the recording if no ban ends in
// it.
func (f *banFit) lengths(renews bool) []float64 {
	all := mostStabbed(f.spans(renews), 3)
	if len(all) == 0 && !renews {
		all = append(all, f.s.duration())
	}
	return slices.DeleteFunc(all, func(v float64) bool { return v < leastBan })
}

// unended is the prior probability that no ban ends while it is recorded: what never
// ends is a quota, mostly.
const unended = 0.1

// lengthPrior is the log prior of what the recording shows of ends.
func (f *banFit) lengthPrior(renews bool) float64 {
	if len(f.spans(renews)) == 0 {
		return math.Log(unended)
	}
	return 0
}

// precision is the relative width of the lengths that are as good as one.
func (f *banFit) precision(length float64, renews bool) float64 {
	if len(f.spans(renews)) == 0 {
		return 2 // any that lasts until the recording ends
	}
	t := f.interval(length, renews)
	return min(max((t.high-t.low)/length, 0.01), 2)
}

// interval is the intersection of the spans that hold a length.
func (f *banFit) interval(length float64, renews bool) span {
	out := span{0, math.Inf(1)}
	for _, s := range f.spans(renews) {
		if s.low <= length && length <= s.high {
			out = span{max(out.low, s.low), min(out.high, s.high)}
		}
	}
	if math.IsInf(out.high, 1) {
		out.high = max(length, f.s.duration())
	}
	return out
}

func (f *banFit) lasts(length float64, renews bool) *Threshold {
	t := f.interval(length, renews)
	return &Threshold{Value: length, Low: t.low, High: t.high, Unit: "s"}
}
