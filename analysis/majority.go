package analysis

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"why403/capture"
)

// majority names the commonest form of refusal: "403", "close code 1008".
func majority(f *Findings) string {
	best, name := 0, "an error"
	for _, status := range slices.Sorted(maps.Keys(f.Refused)) {
		if n := f.Refused[status]; n > best {
			best, name = n, status
		}
	}
	for _, code := range slices.Sorted(maps.Keys(f.RefusedInBand)) {
		if n := f.RefusedInBand[code]; n > best {
			best, name = n, "close code "+code
		}
	}
	for _, outcome := range slices.Sorted(maps.Keys(f.RefusedSilently)) {
		if n := f.RefusedSilently[outcome]; n > best {
			best, name = n, silentWords[capture.Outcome(outcome)]
		}
	}
	return name
}

// speakingOf returns the study for texts on one of two causes: the majority is that of the
// refusals which only this one foretells, if there are any.
func (s *study) speakingOf(part *hypothesis, of []*hypothesis) *study {
	count := map[string]int{}
	for i, refused := range s.table.Refused {
		foretold := func(h *hypothesis) bool { return h.calls() && h.predicted[i].refuses() }
		if refused && foretold(part) && !slices.ContainsFunc(of, func(o *hypothesis) bool { return o != part && foretold(o) }) {
			count[refusalForm(&s.table.Attempts[i])]++
		}
	}
	t, best := *s, 0
	for _, form := range slices.Sorted(maps.Keys(count)) {
		if count[form] > best {
			best, t.majority = count[form], cmp.Or(silentWords[capture.Outcome(form)], form)
		}
	}
	return &t
}

// silentWords are the forms of refusal without an answer, after "refuses with".
var silentWords = map[capture.Outcome]string{
	capture.Dropped:    "a closed connection",
	capture.TimedOut:   "silence",
	capture.ClientGone: "silence",
}

// spokenOdds is the logarithm of the factor on the odds of a cause if every
// refusal says so in words; fewer count for less. Mild: gateways say "expired" of
// tokens that are not, and "forbidden" of limits.
const spokenOdds = 1.1

// mostText bounds how much of an answer is searched for words.
const mostText = 2048

// spokenFor returns what the words of the refusals add to the log odds of a cause.
func (s *study) spokenFor(c *cause) float64 {
	return spokenOdds * float64(s.spoken(c)) / float64(max(1, s.refused))
}

// spoken counts the refusals whose answer has one of the cause's words.
func (s *study) spoken(c *cause) int {
	if len(c.words) == 0 {
		return 0
	}
	n := 0
	for _, t := range s.textsOnce() {
		if slices.ContainsFunc(c.words, func(w string) bool { return strings.Contains(t.text, w) }) {
			n += t.count
		}
	}
	return n
}

// textsOnce returns what the refusals say.
func (s *study) textsOnce() []answer {
	if s.texts == nil {
		s.texts = answers(s)
	}
	return s.texts
}

// answer is the words of some refusals and how many have just these.
type answer struct {
	text  string
	count int
}

func answers(s *study) []answer {
	count := map[string]int{}
	for i, refused := range s.table.Refused {
		if refused {
			count[words(s.table.Attempts[i].Upgrade)]++
		}
	}
	list := make([]answer, 0, len(count))
	for text, n := range count {
		list = append(list, answer{text, n})
	}
	slices.SortFunc(list, func(a, b answer) int { return cmp.Compare(a.text, b.text) })
	return list
}

// words returns what a refusal says for people or programs, in lower case.
func words(u *capture.Upgrade) string {
	challenge, _ := u.ResponseHead.Get("WWW-Authenticate")
	body := u.Body[:min(len(u.Body), mostText)]
	return strings.ToLower(strings.Join([]string{string(body), challenge, u.Socket.CloseReason, u.Socket.ServerFirst}, "\n"))
}
