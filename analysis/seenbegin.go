package analysis

import "slices"

// What a limit had counted before the recording began is not known: refusals with which a
// recording begins may be of that. Beside a limit they look like an outage that nobody saw
// begin, and nothing else speaks for one.

// counting are the causes that count what was there before the recording began.
var counting = []*cause{concurrencyCap, rateLimit, quota, sourceBan}

// carriedOver returns the limit and the outage beside it that was not seen to begin, if
// nearly all else is of the limit; nil for any other hypothesis.
func (s *study) carriedOver(h *hypothesis) (limit, begin *hypothesis) {
	if len(h.parts) == 0 {
		return nil, nil
	}
	for k, part := range h.parts {
		other := h.parts[1-k]
		if part.cause == outage && slices.Contains(counting, other.cause) && !s.seenToBegin(part, other) &&
			float64(other.counts.N11) >= explainsLeast*float64(s.refused) {
			return other, part
		}
	}
	return nil, nil
}

// maybeCarried reports whether an outage beside a limit was not seen to begin.
func (s *study) maybeCarried(h, outage *hypothesis) bool {
	return slices.ContainsFunc(h.parts, func(o *hypothesis) bool {
		return slices.Contains(counting, o.cause) && !s.seenToBegin(outage, o)
	})
}

// seenToBegin reports whether more was let through before an outage than accidents, and than
// a limit on upgrades lets through at all.
func (s *study) seenToBegin(outage, beside *hypothesis) bool {
	before := 0
	for i, f := range outage.predicted {
		if f.refuses() {
			break
		}
		if !s.table.Refused[i] {
			before++
		}
	}
	return before >= max(fewestRefusals, beside.letsThrough())
}

// letsThrough is how many upgrades a limit on these lets through before it refuses, 0 of
// another cause.
func (h *hypothesis) letsThrough() int {
	switch {
	case h.burst != nil:
		return int(h.burst.Value)
	case h.threshold != nil && (h.cause == quota || h.cause == sourceBan):
		return int(h.threshold.Value)
	}
	return 0
}
