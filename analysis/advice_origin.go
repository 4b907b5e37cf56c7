package analysis

import "fmt"

// missingOrigin finds upgrades without an Origin field. Browsers always send one;
// some servers refuse whoever does not.
func missingOrigin(s *study) *Advice {
	without, refused := 0, 0
	for i := range s.table.Attempts {
		if _, has := s.table.Attempts[i].Upgrade.RequestHead.Get("Origin"); !has {
			without++
			if s.table.Refused[i] {
				refused++
			}
		}
	}
	if without == 0 || s.refused == 0 {
		return nil
	}
	return &Advice{
		Name: "missing-origin",
		Says: fmt.Sprintf("%d of %s carry no Origin field, as JMeter's sampler sends none; %d of these were accepted.", without, plural(len(s.table.Attempts), "upgrade"), without-refused),
		Do:   []string{"If users come with a browser, send its Origin in the load test too: some servers refuse an upgrade without one, others one that they do not know."},
	}
}
