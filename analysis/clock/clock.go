// Package clock estimates how far the gateway's clock is from ours from the Date
// fields of its responses (RFC 9110 §6.6.1).
//
// A Date is the server's clock truncated to a second, read at some moment between
// our sending the request and our receiving the answer. Each sample therefore
// allows offsets (server less us) in an interval
//
//	(Date − Received, Date + 1 s − Sent)
//
// and the true offset lies in all of them, if no server caches its Date, no clock
// was set meanwhile and all answers come from one clock. Samples for which this
// fails are outvoted: the estimate is the interval that most samples allow.
package clock

import (
	"cmp"
	"slices"
	"time"

	"why403/capture"
)

// Offset is the gateway's clock less ours.
type Offset struct {
	Offset time.Duration // the middle of what the samples allow
	Error  time.Duration // half its width: the truth is within Offset ± Error
	// Agree of Samples allow the estimate.
	Agree, Samples int
}

// Estimate returns the offset of the clock behind the samples, and false if there
// are none or if no more than half of them agree on any.
func Estimate(samples []capture.ClockSample) (Offset, bool) {
	low, high, agree, n := mostStabbed(samples)
	if n == 0 || 2*agree <= n {
		return Offset{Samples: n, Agree: agree}, false
	}
	return Offset{
		Offset: low + (high-low)/2,
		Error:  (high - low + 1) / 2,
		Agree:  agree, Samples: n,
	}, true
}

// end is one end of the interval of a sample.
type end struct {
	at   time.Duration
	step int // +1 an interval begins, −1 it ends
}

// mostStabbed returns the stretch that lies in the most intervals, the first of
// equals, how many those are, and how many intervals there are.
func mostStabbed(samples []capture.ClockSample) (low, high time.Duration, most, n int) {
	ends := make([]end, 0, 2*len(samples))
	for _, s := range samples {
		if !s.Date.Seen() || !s.Sent.Seen() || s.Received < s.Sent {
			continue
		}
		n++
		ends = append(ends,
			end{s.Date.Sub(s.Received), +1},
			end{s.Date.Sub(s.Sent) + time.Second, -1})
	}
	// Intervals are open: at one point, ends come before beginnings.
	slices.SortFunc(ends, func(a, b end) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step))
	})
	depth := 0
	for i, e := range ends {
		depth += e.step
		if depth > most && i+1 < len(ends) {
			most, low, high = depth, e.at, ends[i+1].at
		}
	}
	return low, high, most, n
}
