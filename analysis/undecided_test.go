package analysis

import "testing"

func TestEveryCauseHasAPhrase(t *testing.T) {
	for _, name := range Vocabulary {
		if phrases[name] == "" {
			t.Errorf("no phrase for %q", name)
		}
	}
}

func TestChoiceNamesWhatCanBeRead(t *testing.T) {
	of := func(c *cause, p float64) candidate { return candidate{best: &hypothesis{cause: c}, probability: p} }
	tests := []struct {
		name string
		of   []candidate
		want string
	}{
		{"two", []candidate{of(concurrencyCap, .6), of(quota, .4)}, "a limit on open sockets (60 %) from a quota (40 %)"},
		{"minor", []candidate{of(concurrencyCap, .6), of(quota, .3), of(outage, .04), of(unknown, .03)},
			"a limit on open sockets (60 %) from a quota (30 %) or 2 less likely causes"},
		{"a minor second is named", []candidate{of(concurrencyCap, .95), of(quota, .04)}, "a limit on open sockets (95 %) from a quota (4 %)"},
		{"many", []candidate{of(concurrencyCap, .3), of(quota, .2), of(outage, .2), of(overload, .2), of(randomRefusal, .06), of(unknown, .04)},
			"a limit on open sockets (30 %) from a quota (20 %), an outage (20 %), overload (20 %), chance (6 %) or 1 less likely cause"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := choice(tt.of); got != tt.want {
				t.Errorf("choice() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFallsShortSaysBecauseOfWhat(t *testing.T) {
	s := &study{refused: 110}
	tests := []struct {
		name string
		of   *hypothesis
		want string
	}{
		{"refusals left", &hypothesis{cause: concurrencyCap, predicted: prediction{0}, counts: Counts{N11: 66, N01: 44, N00: 600}},
			"A limit on open sockets is the most probable cause (95 %), but it accounts for only 66 of 110 refusals."},
		{"acceptances against it", &hypothesis{cause: quota, predicted: prediction{0}, counts: Counts{N11: 110, N10: 200, N00: 400}},
			"A quota is the most probable cause (95 %), but it would have refused 200 of 600 accepted upgrades."},
		{"soft", &hypothesis{cause: overload, predicted: prediction{0}, soft: true},
			"Overload is the most probable cause (95 %), but it does not explain enough to be called determined."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.fallsShort(candidate{best: tt.of, probability: 0.95}); got != tt.want {
				t.Errorf("fallsShort() = %q, want %q", got, tt.want)
			}
		})
	}
}
