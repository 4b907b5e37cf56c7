package analysis

import (
	"fmt"
	"strings"
)

// phrases are the causes as a sentence takes them: "cannot tell … from …".
var phrases = map[string]string{
	"concurrency-cap": "a limit on open sockets", "rate-limit": "a rate limit", "quota": "a quota",
	"token-expired": "expired tokens", "token-too-old": "tokens too old", "token-not-yet-valid": "tokens not yet valid",
	"token-overused": "tokens used too often", "token-missing": "missing tokens", "attribute": "something in the request",
	"source-ban": "a ban of the source", "overload": "overload", "outage": "an outage", "random": "chance",
	"unknown": "a cause that is not in the vocabulary",
}

// phrase names the cause of a hypothesis in a sentence, or the two of a pair.
func (h *hypothesis) phrase() string {
	if len(h.parts) == 0 {
		return phrases[h.cause.name]
	}
	return h.parts[0].phrase() + " with " + h.parts[1].phrase()
}

const (
	mostNamed = 5    // causes that a sentence can name and still be read
	minorPart = 0.05 // the probability below which a cause is only counted in it
)

// undecided says between what the recording leaves the choice.
func (s *study) undecided(named []candidate) string {
	if s.noneAccepted() {
		return s.saysNoneAccepted(named)
	}
	if named[0].best.cause == unknown && named[0].probability >= sure {
		return unknown.says(s, named[0].best)
	}
	if len(named) == 1 || named[0].probability >= sure && !s.explains(named[0].best) {
		return s.fallsShort(named[0])
	}
	if len(named) == 2 && named[1].best.cause == unknown && s.maybeServers(named[0].best) {
		return fmt.Sprintf("%s is the most probable cause (%s), but two servers that share upgrades out at random and hold at most %s each would refuse much the same.",
			sentenceCase(named[0].best.phrase()), percent(named[0].probability), plural(s.servers.each, "socket"))
	}
	text := s.subject() + " cannot tell " + choice(named)
	if n, ok := s.disagree(named); ok && n == 0 {
		return text + ": each would have refused the same upgrades."
	} else if ok {
		return text + fmt.Sprintf(": they differ in %s.", plural(n, "upgrade"))
	}
	return text + "."
}

// fallsShort says what keeps the only candidate from being determined.
func (s *study) fallsShort(c candidate) string {
	n := c.best.counts
	but := "but it does not explain enough to be called determined"
	switch {
	case c.best.cause == randomRefusal && !s.proven(c.best):
		but = "but refusals do not come as independently of each other, of time and of the load as they then would"
	case c.best.variant == sinceUse:
		but = "but how old tokens were when they were first used is not known"
	case !c.best.calls():
	case float64(n.N11) < explainsLeast*float64(s.refused):
		but = fmt.Sprintf("but it accounts for only %d of %s", n.N11, plural(s.refused, "refusal"))
	case float64(n.N10) > c.best.mostWrongRefusals()*float64(n.N10+n.N00) || c.best.outrun():
		but = fmt.Sprintf("but it would have refused %d of %s", n.N10, plural(n.N10+n.N00, "accepted upgrade"))
	case !c.best.refusesInPart() && !n.mostlyRefused():
		but = fmt.Sprintf("but of %s that it would have refused %d were accepted", plural(n.N11+n.N10, "upgrade"), n.N10)
	case float64(n.N01) > mostMissed*float64(n.N01+n.N00):
		but = fmt.Sprintf("but it would have accepted %d of %s", n.N01, plural(s.refused, "refused upgrade"))
	case float64(n.Either) > mostUnsure*float64(len(s.table.Attempts)) && !s.leansRight(c.best):
		but = fmt.Sprintf("but on which side of it %d of %s fell cannot be told", n.Either, plural(len(s.table.Attempts), "upgrade"))
	case s.keptElsewhere(c.best) != nil:
		but = fmt.Sprintf("but %v would refuse as it does, or nearer to what was refused", s.keptElsewhere(c.best))
	case c.probability >= sure && c.probability < s.sureEnough():
		but = fmt.Sprintf("but %s are too few to be sure", plural(s.refused, "refusal"))
	case !s.eachReached(c.best):
		but = "but one of its limits was hardly ever reached by itself"
	case !s.proven(c.best):
		but = "but it does not show what only this would do"
	}
	return fmt.Sprintf("%s is the most probable cause (%s), %s.", sentenceCase(c.best.phrase()), percent(c.probability), but)
}

// choice writes candidates, the most probable first, as "a (50 %) from b (40 %) or 3
// less likely causes".
func choice(named []candidate) string {
	var parts []string
	for i, c := range named {
		if i >= 2 && (i >= mostNamed || c.probability < minorPart) {
			parts = append(parts, plural(len(named)-i, "less likely cause"))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", c.best.phrase(), percent(c.probability)))
	}
	return parts[0] + " from " + list(parts[1:], "or")
}

func sentenceCase(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// disagree counts the attempts on which the candidates' predictions differ, and
// reports whether there are predictions of all, and of two at least.
func (s *study) disagree(named []candidate) (int, bool) {
	n := 0
	if len(named) == 2 && named[1].best.cause == unknown {
		return 0, false
	}
	for i := range s.table.Attempts {
		var yes, no bool
		for _, c := range named {
			if !c.best.calls() {
				if c.best.cause != unknown {
					return 0, false
				}
				continue
			}
			f := c.best.predicted[i]
			yes = yes || f.refuses() && !f.unsure()
			no = no || f.accepts() && !f.unsure()
		}
		if yes && no {
			n++
		}
	}
	return n, true
}

func list(parts []string, last string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " " + last + " " + parts[len(parts)-1]
}
