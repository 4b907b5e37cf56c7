package analysis

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mathext"

	"why403/analysis/evidence"
)

// attribute refuses requests with certain values of one property. Which values is
// part of the prior: a property of many values has many sets of them, so one that
// names the user or the request does not win by luck.
var attribute = &cause{
	name:   "attribute",
	long:   true,
	prior:  0.10,
	weigh:  weighAttribute,
	says:   saysAttribute,
	story:  storyAttribute,
	do:     doAttribute,
	refute: refuteAttribute,
	proven: provenAttribute,

	predict: func(s *study, _ *hypothesis, _ *experiment) float64 { return s.share() },
	words: []string{"insufficient_scope", "insufficient scope", "audience", "issuer", "origin not allowed", "not allowed from", "country",
		"region", "invalid host", "signature", "unknown key", "kid"},
}

// selection is the requests with some values of a feature.
type selection struct {
	name, value string
	same        []string // names of features that select the same requests
	refuses     []bool   // by attempt
	logLik      float64
	logEv       float64
}

// mostRefusedValues is how many values of one property a rule refuses at most, unless it
// takes just one.
const mostRefusedValues = 6

// mostSelections is how many different selections are reported.
const mostSelections = 3

func weighAttribute(s *study) []*hypothesis {
	fs := s.differ()
	if len(fs) == 0 {
		return nil
	}
	var total float64
	for _, f := range fs {
		total += f.weight
	}
	var list []*selection
	for _, f := range fs {
		if sel, ok := s.selectBy(f); ok {
			sel.logEv += math.Log(f.weight / total)
			list = append(list, sel)
		}
	}
	list = distinct(list)
	var hs []*hypothesis
	for k, sel := range list {
		if k >= mostSelections {
			last := hs[len(hs)-1]
			last.logEvidence = floats.LogSumExp([]float64{last.logEvidence, sel.logEv})
			continue
		}
		hs = append(hs, s.selected(sel))
	}
	return hs
}

func (s *study) selected(sel *selection) *hypothesis {
	h := &hypothesis{scope: "global", logEvidence: sel.logEv, logLik: sel.logLik,
		attribute: &Attribute{Name: sel.name, Value: sel.value, SameAs: sel.same}}
	h.predicted = make(prediction, len(sel.refuses))
	for i, r := range sel.refuses {
		h.predicted[i] = foretell(r)
	}
	h.counts = s.tally(h.predicted)
	return h
}

// selectBy finds the values of a feature whose requests are refused: sorted by
// their rate of refusals, all from some value on.
func (s *study) selectBy(f feature) (*selection, bool) {
	k := len(f.values)
	cells := make([][2]float64, k)
	t := evidence.Table{}
	var forced float64
	for i, l := range f.labels {
		o := outcomeOf(s.table.Refused[i])
		if s.forced != nil && s.forced[i] {
			if o == 1 {
				t.NoRefused += s.weights[i]
				forced += s.weights[i]
			} else {
				t.NoAccepted += s.weights[i]
			}
			continue
		}
		if f.ofToken && s.tokenless(i) {
			if o == 1 {
				t.YesRefused += s.weights[i]
			} else {
				t.YesAccepted += s.weights[i]
			}
			continue
		}
		cells[l][o] += s.weights[i]
	}
	order := make([]int, k)
	for i := range order {
		order[i] = i
		t.YesAccepted += cells[i][0]
		t.YesRefused += cells[i][1]
	}
	rate := func(v int) float64 { return (cells[v][1] + 0.01) / (cells[v][0] + cells[v][1] + 0.02) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rate(b), rate(a)) })
	var terms []float64
	best, cut := math.Inf(-1), 0
	for n := 1; n < k; n++ {
		c := cells[order[n-1]]
		t.NoAccepted, t.NoRefused = t.NoAccepted+c[0], t.NoRefused+c[1]
		t.YesAccepted, t.YesRefused = max(0, t.YesAccepted-c[0]), max(0, t.YesRefused-c[1])
		if rate(order[n-1]) < 0.2 || t.NoRefused <= forced+1e-7 {
			break
		}
		if n > mostRefusedValues && n < k-1 {
			continue // a list of users, not a rule
		}
		l := t.Log() - logChoose(k, n) - setSize(k, n)
		terms = append(terms, l)
		if l > best {
			best, cut = l, n
		}
	}
	if len(terms) == 0 {
		return nil, false
	}
	chosen := make([]bool, k)
	for _, v := range order[:cut] {
		chosen[v] = true
	}
	sel := &selection{name: f.name, refuses: make([]bool, len(f.labels)), logEv: floats.LogSumExp(terms), logLik: best + logChoose(k, cut) + setSize(k, cut)}
	for i, l := range f.labels {
		sel.refuses[i] = chosen[l] && !(f.ofToken && s.tokenless(i))
	}
	sel.describe(f, order[:cut], order[cut:])
	return sel, true
}

// logChoose is ln of how many sets of n of k values there are.
func logChoose(k, n int) float64 {
	return -math.Log(float64(k+1)) - mathext.Lbeta(float64(n+1), float64(k-n+1))
}

// setSize is −ln of the prior on how many of k values are refused: mostly one, or
// all but one.
func setSize(k, n int) float64 {
	switch {
	case n == 1:
		return -math.Log(0.5)
	case n == k-1:
		return -math.Log(0.3)
	}
	return -math.Log(0.2 / float64(k-3+1))
}

// describe puts the refused values into words, the first ones if they are many.
func (sel *selection) describe(f feature, refused, accepted []int) {
	const most = 4
	var values []string
	for _, v := range refused[:min(len(refused), most)] {
		values = append(values, f.values[v])
	}
	if more := len(refused) - most; more > 0 {
		values = append(values, fmt.Sprintf("%d more", more))
	}
	sel.value = strings.Join(values, ", ")
	base, member, isMember := strings.Cut(f.name, " ")
	if !isMember || base != "scope" && base != "audience" {
		return
	}
	sel.name, sel.value = base, member
	if f.values[refused[0]] == absent {
		sel.value = "without " + member
	}
}

// distinct merges selections of the same requests, the most probable name first, and
// sorts them by evidence.
func distinct(list []*selection) []*selection {
	byHash := map[uint64]*selection{}
	var out []*selection
	slices.SortStableFunc(list, func(a, b *selection) int { return cmp.Compare(b.logEv, a.logEv) })
	for _, sel := range list {
		h := fnv.New64a()
		for i := 0; i < len(sel.refuses); i += 8 {
			var b byte
			for j := i; j < min(i+8, len(sel.refuses)); j++ {
				if sel.refuses[j] {
					b |= 1 << (j - i)
				}
			}
			h.Write([]byte{b})
		}
		key := h.Sum64()
		if first := byHash[key]; first != nil {
			first.logEv = floats.LogSumExp([]float64{first.logEv, sel.logEv})
			if what := sel.name + " = " + sel.value; sel.name == first.name && !strings.Contains(first.value, sel.value) {
				first.value += " (" + sel.value + ")"
			} else if sel.name != first.name && !slices.Contains(first.same, what) {
				first.same = append(first.same, what)
			}
			continue
		}
		byHash[key] = sel
		out = append(out, sel)
	}
	slices.SortStableFunc(out, func(a, b *selection) int { return cmp.Compare(b.logEv, a.logEv) })
	return out
}

func saysAttribute(s *study, h *hypothesis) string {
	rate := float64(h.counts.N11) / float64(max(1, h.counts.N11+h.counts.N10))
	return fmt.Sprintf("The gateway refuses %s of the upgrades whose %s is %q with %s.", share(rate), h.attribute.Name, h.attribute.Value, s.majority)
}

// share writes a share of a whole: "all", "97 %".
func share(rate float64) string {
	if rate >= 0.9995 {
		return "all"
	}
	return fmt.Sprintf("%.0f %%", 100*rate)
}

func storyAttribute(s *study, h *hypothesis) string {
	if s.noneAccepted() {
		if h.attribute == nil {
			return "the requests have nothing in common that gateways decide by"
		}
		same := append([]string{h.attribute.Name + " = " + h.attribute.Value}, h.attribute.SameAs...)
		return "all have in common " + list(same[:min(4, len(same))], "and")
	}
	text := fmt.Sprintf("%d of %s with %s = %q were refused, and %d of %d others", h.counts.N11,
		plural(h.counts.N11+h.counts.N10, "upgrade"), h.attribute.Name, h.attribute.Value, h.counts.N01, h.counts.N01+h.counts.N00)
	if len(h.attribute.SameAs) > 0 {
		text += "; the same upgrades have " + list(h.attribute.SameAs[:min(3, len(h.attribute.SameAs))], "and")
	}
	return text
}

func doAttribute(_ *study, h *hypothesis) []string {
	switch h.attribute.Name {
	case "edge":
		return []string{
			fmt.Sprintf("Have the gateway's address %s looked at: the others accept the same requests.", h.attribute.Value),
			"Pin the gateway's name to another of its addresses (in /etc/hosts) until then.",
		}
	case "source":
		return []string{
			fmt.Sprintf("Ask the gateway's owner whether %s is on a list of addresses that are refused, or missing from one that is let in.", h.attribute.Value),
			"Run the load from an address that is accepted.",
		}
	}
	return []string{
		fmt.Sprintf("Compare what sets %s in the load tool with a request that is accepted, and send the value that passes.", h.attribute.Name),
		fmt.Sprintf("Ask the gateway's owner whether %s = %q is meant to be refused.", h.attribute.Name, h.attribute.Value),
	}
}

// leastSpared is of how many upgrades with the value one at least was let through where that
// it may be is part of the finding.
const leastSpared = 20

func refuteAttribute(s *study, h *hypothesis) string {
	if h.counts.N10 > h.counts.N11/leastSpared {
		return fmt.Sprintf("As large a share refused with another value than %s = %q, or all, or none, with this one.", h.attribute.Name, h.attribute.Value)
	}
	return fmt.Sprintf("An upgrade accepted with %s = %q, or the same request refused with another value.", h.attribute.Name, h.attribute.Value)
}
