package analysis

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"why403/analysis/evidence"
)

// randomRefusal refuses a constant share of the upgrades, whatever they are.
var randomRefusal = &cause{
	name:    "random",
	prior:   0.03,
	weigh:   weighRandom,
	says:    saysRandom,
	story:   storyRandom,
	do:      doRandom,
	refute:  refuteRandom,
	predict: func(_ *study, h *hypothesis, _ *experiment) float64 { return h.shareRefused() },
	proven:  provenRandom,
}

// provenRandom reports whether refusals neither alternate nor keep together, nor grow more
// or fewer with time or load.
func provenRandom(s *study, _ *hypothesis) bool { return s.byChance(nil) }

// byChance reports whether refusals among some attempts, nil for all, are independent of each
// other, of time and of the load.
func (s *study) byChance(among prediction) bool {
	open, rate := s.table.OpenAtRequest(), s.rates(5*time.Second)
	var outcomes []bool
	trends := make([][]float64, 3)
	for i, refused := range s.table.Refused {
		if among != nil && !among[i].refuses() {
			continue
		}
		outcomes = append(outcomes, refused)
		for k, x := range []float64{float64(i), float64(open[i]), rate[i]} {
			trends[k] = append(trends[k], x)
		}
	}
	follows := make([]bool, len(trends)) // whether refusals go with each
	inParallel(len(trends), func(k int) { follows[k] = math.Abs(trend(trends[k], outcomes)) >= tooRegular })
	return math.Abs(turnsAbout(outcomes)) < tooRegular && !slices.Contains(follows, true)
}

// trend returns by how many standard deviations refusals and a covariate go together more
// than independent ones would, by the ranks of its values (Mann and Whitney 1947).
func trend(x []float64, refused []bool) float64 {
	outcomes := make([]float64, len(x))
	for i, no := range refused {
		outcomes[i] = float64(outcomeOf(no))
	}
	return stat.Correlation(ranks(x), outcomes, nil) * math.Sqrt(float64(len(x)-1))
}

// ranks are the places of values in their order, shared by equal ones.
func ranks(x []float64) []float64 {
	order := evidence.Order(x)
	out := make([]float64, len(x))
	for from := 0; from < len(order); {
		until := from
		for until < len(order) && x[order[until]] == x[order[from]] {
			until++
		}
		for _, i := range order[from:until] {
			out[i] = float64(from+until-1) / 2
		}
		from = until
	}
	return out
}

// tooRegular is the number of standard deviations beyond what chance makes, of changes
// between refusals and acceptances: every other upgrade is no chance, and neither
// are refusals that keep together.
const tooRegular = 3

// turnsAbout returns by how many standard deviations the outcomes change more often than
// independent ones of the same share would (Wald and Wolfowitz 1940).
func turnsAbout(outcomes []bool) float64 {
	runs, no, yes := 1.0, 0.0, 0.0
	for i, refused := range outcomes {
		if refused {
			no++
		} else {
			yes++
		}
		if i > 0 && refused != outcomes[i-1] {
			runs++
		}
	}
	n := no + yes
	mean := 2*no*yes/n + 1
	variance := (mean - 1) * (mean - 2) / (n - 1)
	if variance <= 0 {
		return 0
	}
	return (runs - mean) / math.Sqrt(variance)
}

// costOfChance is what a cause of one pays for leaving more refusals over than it accounts for,
// which it would let through at any rate: then it is a second cause beside chance.
func (h *hypothesis) costOfChance() float64 {
	if !h.calls() || len(h.parts) > 0 || h.counts.N11 >= h.counts.N01 {
		return 0
	}
	return math.Log(pairShare) + math.Log(randomRefusal.prior)
}

// rarely is the prior on the share: less than half, mostly.
var rarely = evidence.Beta{A: 1, B: 3}

func weighRandom(s *study) []*hypothesis {
	t := s.all(func(int) bool { return true })
	h := &hypothesis{scope: "global", soft: true}
	h.logEvidence = rarely.Log(t.LeanYesRefused, t.LeanYesAccepted)
	h.predicted = make(prediction, len(s.table.Attempts)) // either, of every one
	h.counts = s.tally(h.predicted)
	return []*hypothesis{h}
}

// share is the share of refused attempts among the decided.
func (s *study) share() float64 { return float64(s.refused) / float64(max(1, len(s.table.Attempts))) }

// shareRefused is the share of refused attempts among those that chance decides.
func (h *hypothesis) shareRefused() float64 {
	return float64(h.counts.N11) / float64(max(1, h.counts.N11+h.counts.N00))
}

func saysRandom(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway refuses %.1f %% of the upgrades with %s, unrelated to anything that was recorded.", 100*h.shareRefused(), s.majority)
}

func storyRandom(s *study, _ *hypothesis) string {
	return fmt.Sprintf("%d of %d upgrades were refused, at a constant rate if this is so", s.refused, len(s.table.Attempts))
}

func doRandom(*study, *hypothesis) []string {
	return []string{
		"Ask the gateway's owner which of its nodes or upstreams answers these refusals: one of several that differs looks like this.",
		"Compare the headers of refused and accepted answers for the names of nodes.",
	}
}

func refuteRandom(*study, *hypothesis) string {
	return "Anything known of a request beforehand that tells refused from accepted."
}
