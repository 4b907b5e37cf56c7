package analysis

import "why403/analysis/covariate"

// fewestFills is how often a quota kept under a key must have been seen to fill up.
// Where one key is refused in one stretch of time, all else that may have befallen that
// key then, such as an outage of one host, fits as well.
const fewestFills = 2

func provenQuota(s *study, h *hypothesis) bool {
	if h.windowKind == alignedBefore && h.later < fewestLater {
		return false
	}
	p := s.partition(h.scope)
	return p.N <= 1 || fills(p, h.predicted, s.table.Refused) >= fewestFills
}

// fewestFillsBeside is how often a quota beside another cause must have been seen to fill up:
// with the length of its window free, it explains whatever the other leaves over in two stretches.
const fewestFillsBeside = 3

// filledBeside reports whether a quota that is one of two causes was seen to fill up so often.
func (s *study) filledBeside(h *hypothesis) bool {
	return h.cause != quota || fills(s.partition(h.scope), h.predicted, s.table.Refused) >= fewestFillsBeside
}

// filledOnce reports whether a quota was seen to fill up once, so that whatever else refuses
// in one stretch of time is as good an explanation.
func (s *study) filledOnce(h *hypothesis) bool {
	if len(h.parts) > 0 || h.cause != quota || h.predicted == nil {
		return false
	}
	return fills(s.partition(h.scope), h.predicted, s.table.Refused) < fewestFills
}

// fills counts how often a key came to be refused as foretold.
func fills(p covariate.Partition, predicted prediction, refused []bool) int {
	n, full := 0, make([]bool, p.N)
	for i, f := range predicted {
		label := p.Labels[i]
		if label < 0 || f.unsure() || f.silent() || refused[i] != f.refuses() {
			continue
		}
		if refused[i] && !full[label] {
			n++
		}
		full[label] = refused[i]
	}
	return n
}
