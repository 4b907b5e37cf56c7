package analysis

import (
	"why403/analysis/covariate"
	"why403/capture"
)

// outcomes count what became of upgrades, as [Findings] has it.
type outcomes struct {
	accepted, pending                               int
	refused, refusedInBand, failed, refusedSilently map[string]int
}

// countOutcomes counts those of all upgrades.
func (s *study) countOutcomes() {
	o := &s.outcomes
	o.refused, o.refusedInBand, o.failed = map[string]int{}, map[string]int{}, map[string]int{}
	for _, u := range s.run.Upgrades {
		code, inBand := covariate.InBand(u)
		switch {
		case inBand:
			o.refusedInBand[number(code)]++
		case u.Outcome == capture.Accepted:
			o.accepted++
		case u.Outcome == capture.Refused:
			o.refused[number(u.Status)]++
		case u.Outcome == capture.Pending:
			o.pending++
		default:
			o.failed[string(u.Outcome)]++
		}
		if s.table.Silence.Refuses(u) {
			if o.refusedSilently == nil {
				o.refusedSilently = map[string]int{}
			}
			o.refusedSilently[string(u.Outcome)]++
		}
	}
}
