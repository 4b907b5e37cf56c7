package analysis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// unknown is none of the causes: it is earned by what they leave unexplained. Its
// evidence is a mixture of
//
//   - pure memory: the outcome depends on the outcomes before it;
//   - stretches of refusals of one length, with nothing that begins them;
//   - stretches that begin and end by a clock, or whenever they may;
//   - everything refused, by something in the requests that no cause looks at;
//   - a chance that rises with the load without delay, as of limits that are kept apart;
//   - two servers that share upgrades out at random and keep a limit each;
//   - for the best hypothesis of each cause, "that, and a context on top": the rate
//     of refusals differs within its predictions by recent outcomes, time, open
//     sockets or rate.
//
// A context on top of a right explanation only costs; on top of a wrong one it pays.
var unknown = &cause{
	name:    "unknown",
	prior:   0.04,
	says:    saysUnknown,
	story:   storyUnknown,
	do:      doUnknown,
	refute:  func(*study, *hypothesis) string { return "A cause that predicts the refusals." },
	predict: func(s *study, _ *hypothesis, _ *experiment) float64 { return s.share() },
}

// The parts of the mixture.
const (
	memoryShare   = 0.002
	contextShare  = 0.001
	alwaysShare   = 0.050
	stretchShare  = 0.100
	refreshShare  = 0.030
	looseShare    = 0.030
	risingShare   = 0.030
	serversShare  = 0.030
	residualShare = 0.727

	memoryDepth = 12
)

func weighUnknown(s *study, leads, doubtful []*hypothesis) *hypothesis {
	h := &hypothesis{cause: unknown, scope: "global", equivalent: []string{}}
	var terms []float64
	var gains [][]float64
	var spells *spells
	var refreshed *refresh
	together(
		func() { gains = s.residualGains(leads) },
		func() { terms = s.patterns() },
		func() { spells = s.spells(); refreshed = s.fitRefresh(spells) },
	)
	best, pattern, rising := 0.0, "", math.Inf(-1)
	for l, lead := range leads {
		if lead.cause == sourceBan && len(lead.parts) == 0 {
			terms = append(terms, math.Log(stretchShare)+lead.causeless)
		}
		if lead.only != nil && lead.several {
			terms = append(terms, math.Log(looseShare)+lead.causeless)
		}
		if lead.cause == overload && lead.soft {
			rising = math.Log(risingShare) + lead.logEvidence - s.slownessOdds()
			terms, h.rising = append(terms, rising), lead.variant
		}
		each := math.Log(residualShare / float64(len(leads)*len(s.contexts)))
		var left []float64
		for k, c := range s.contexts {
			gain := gains[l][k]
			left = append(left, lead.logEvidence+gain+each)
			if gain > best {
				best, pattern = gain, c.name
			}
		}
		terms = append(terms, min(floats.LogSumExp(left), s.mostLeft(lead)))
	}
	if n := len(spells.edges); fewestEdges <= n && n <= mostEdges {
		terms = append(terms, math.Log(looseShare)+spells.alternating())
	}
	if refreshed != nil {
		terms = append(terms, math.Log(refreshShare)+refreshed.logEvidence())
		if terms[len(terms)-1] >= slices.Max(terms) {
			h.window = refreshed.interval("s")
		}
	}
	if s.servers != nil {
		shared := math.Log(serversShare) + s.servers.logEv
		if terms = append(terms, shared); shared >= slices.Max(terms) {
			h.servers = s.servers
		}
	}
	for _, d := range doubtful {
		_, doubt := doubted(d.doubt)
		terms = append(terms, d.logEvidence+math.Log(d.cause.prior/unknown.prior)+doubt)
		if pattern == "" && d.doubt > 0 {
			pattern = d.doubtedFor
		}
	}
	if rising < slices.Max(terms) {
		h.rising = ""
	}
	h.logEvidence = floats.LogSumExp(terms)
	h.variant = pattern
	return h
}

func saysUnknown(s *study, _ *hypothesis) string {
	text := fmt.Sprintf("None of the causes that why403 knows explains the %s.", plural(s.refused, "refusal"))
	if key := s.unknownKey(); key != nil {
		text += fmt.Sprintf(" %s would.", sentenceCase(key.String()))
	}
	return text
}

func storyUnknown(s *study, h *hypothesis) string {
	if s.noneAccepted() {
		return "nothing was accepted, so that anything may be behind it"
	}
	if h.window != nil {
		return fmt.Sprintf("refusals begin and end at moments that lie %s apart, or a multiple of it: what decides is refreshed only then", seconds(h.window.Value))
	}
	if h.servers != nil {
		return fmt.Sprintf("two servers that share upgrades out at random and hold at most %s each would refuse so", plural(h.servers.each, "socket"))
	}
	if h.rising != "" {
		return fmt.Sprintf("refusals come the more often, the more there are of %s, and as fast as acceptances: limits that are kept apart, as each process of a gateway may keep its own, look so", h.rising)
	}
	if h.variant == "" {
		return "what the best explanation leaves over shows no pattern"
	}
	return "what the best explanations leave over still depends on " + h.variant
}

func doUnknown(s *study, h *hypothesis) []string {
	var first []string
	if s.tokensRefusedAlike() {
		first = append(first, tokensFirst)
	}
	if h.window != nil {
		first = append(first, fmt.Sprintf("Ask how old the count of open sockets may be that the gateway decides by: refusals begin and end on a clock of %s.", seconds(h.window.Value)))
	}
	if h.rising != "" || h.servers != nil {
		first = append(first, "Ask how many processes or nodes the gateway has, and whether each keeps a limit of its own.")
	}
	return append(first,
		"Compare a refused and an accepted upgrade side by side in the report: something that differs may not be among what why403 weighs.",
		"Ask the gateway's owner for its log of one refusal, by the time and the request id in the answer.",
	)
}
