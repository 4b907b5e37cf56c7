package analysis

import (
	"testing"

	"why403/analysis/covariate"
)

// One host refused in one stretch shows no quota of each host.
func TestQuotaOfAKeyFillsTwice(t *testing.T) {
	const host, other = 0, 1
	for name, c := range map[string]struct {
		labels  []int32
		refused string
		want    int
	}{
		"one stretch of one key":   {[]int32{host, other, host, other, host}, "--x-x", 1},
		"two of one key":           {[]int32{host, host, host, host, other}, "-x-x-", 2},
		"one of each key":          {[]int32{host, other, host, other, host}, "-xx--", 2},
		"keys that are not known":  {[]int32{-1, -1, -1, host, host}, "x-x-x", 1},
		"nothing but what refuses": {[]int32{host, host, host, other, other}, "xxx--", 1},
	} {
		refused, predicted := make([]bool, len(c.labels)), make(prediction, len(c.labels))
		for i := range refused {
			refused[i] = c.refused[i] == 'x'
			predicted[i] = foretell(refused[i])
		}
		if got := fills(covariate.Partition{Labels: c.labels, N: 2}, predicted, refused); got != c.want {
			t.Errorf("%s: %d fills, want %d", name, got, c.want)
		}
	}
}

// What a quota refuses that fills up once, anything refuses that began just then.
func TestQuotaThatFilledOnceIsRivalled(t *testing.T) {
	for refused, want := range map[string]bool{"--xx": true, "--xx-": true, "-x-x-": false} {
		s := &study{parts: []covariate.Partition{{Scope: "global", Labels: make([]int32, len(refused)), N: 1}}, table: new(covariate.Table)}
		var calls prediction
		for i := range refused {
			s.table.Refused, calls = append(s.table.Refused, refused[i] == 'x'), append(calls, toAccept)
			if s.table.Refused[i] {
				calls[i] = toRefuse
			}
		}
		of := func(c *cause, p float64) candidate {
			return candidate{best: &hypothesis{cause: c, scope: "global", predicted: calls}, probability: p}
		}
		if got := s.rivalled(of(quota, 0.99), []candidate{of(outage, 1e-4)}); got != want {
			t.Errorf("%s: rivalled %v, want %v", refused, got, want)
		}
	}
}
