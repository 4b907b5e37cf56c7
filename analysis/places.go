package analysis

import "strings"

// placeNames are response fields that name where the answer came from. Any other
// field of a response follows from the decision and explains nothing.
var placeNames = []string{
	"x-amz-cf-pop", "x-served-by", "cf-ray", "x-pop", "x-edge", "x-edge-location", "x-node", "x-backend",
	"x-backend-server", "x-instance", "x-instance-id", "x-region", "fly-region", "x-datacenter", "x-upstream", "x-pod",
}

// placeFields returns those that nearly all answers carry, refusals and acceptances.
func (s *study) placeFields() []string {
	var list []string
	for _, name := range placeNames {
		var with, all [2]int
		for i := range s.table.Attempts {
			o := outcomeOf(s.table.Refused[i])
			all[o]++
			if _, ok := s.table.Attempts[i].Upgrade.ResponseHead.Get(name); ok {
				with[o]++
			} else if 20*(all[o]-with[o]) > len(s.table.Attempts) {
				break
			}
		}
		if all[0] > 0 && 20*with[0] >= 19*all[0] && all[1] > 0 && 20*with[1] >= 19*all[1] {
			list = append(list, name)
		}
	}
	return list
}

// placeOf returns the place that a field's value names.
func placeOf(name, value string) string {
	if name == "cf-ray" {
		_, colo, _ := strings.Cut(value, "-")
		return colo
	}
	return value
}
