package analysis

import (
	"fmt"
	"math"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// tokenNotYetValid refuses a token before its nbf or iat: the clock of what checks
// it is behind the issuer's, or the token has not reached it yet.
var tokenNotYetValid = &cause{
	name:    "token-not-yet-valid",
	prior:   0.05,
	weigh:   weighNotYet,
	says:    saysNotYet,
	story:   storyNotYet,
	do:      doNotYet,
	refute:  refuteNotYet,
	predict: predictNotYet,
	words:   []string{"not yet valid", "not_yet_valid", "used before", "in the future", "nbf", "notbefore", "iat"},
}

// validity is the prior on how long before (above zero) or after (below) a token's
// beginning it is still refused, in seconds, on the gateway's clock.
var validity = evidence.Mix(
	evidence.Part{Weight: 0.25, Mass: evidence.Spike(0)},
	evidence.Part{Weight: 0.65, Mass: evidence.Mirror(evidence.LogUniform(0.1, 600))},
	evidence.Part{Weight: 0.10, Mass: evidence.LogUniform(0.1, 600)},
)

// early is how long a token's beginning lies ahead of the decision, in seconds.
func early(a *covariate.Attempt) (float64, bool) {
	t := a.Token
	if t == nil || t.Kind == capture.Placeholder {
		return 0, false
	}
	begins := max(t.Issued, t.NotBefore)
	switch {
	case t.Issued.Seen():
		return begins.Sub(t.Issued).Seconds() - a.Age.Seconds(), true
	case begins.Seen() && t.Expires.Seen():
		return a.Left.Seconds() - t.Expires.Sub(begins).Seconds(), true
	}
	return 0, false
}

func weighNotYet(s *study) []*hypothesis {
	of := func(i int) (float64, float64, float64) {
		v, known := early(&s.table.Attempts[i])
		if s.tokenless(i) {
			return never()
		}
		return bounds(known, v, s.table.Attempts[i].Error.Seconds())
	}
	h, r := s.scanned(of, validity, nearSeconds)
	if h.predicted != nil {
		v, ahead := leeway(r), s.issuerAhead()
		h.threshold = &Threshold{Value: ahead - v.Value, Low: ahead - v.High, High: ahead - v.Low, Unit: "s"}
	}
	return []*hypothesis{h}
}

func saysNotYet(s *study, h *hypothesis) string {
	if v := h.threshold.Value; v > 0.5 {
		return fmt.Sprintf("The gateway refuses tokens that are younger than %s with %s: what checks them has a clock that is behind, or does not know them yet.", seconds(v), s.majority)
	}
	return fmt.Sprintf("The gateway refuses tokens before their beginning (nbf, iat) with %s.", s.majority)
}

func storyNotYet(s *study, h *hypothesis) string {
	var no, yes extent
	for i, r := range s.table.Refused {
		v, known := early(&s.table.Attempts[i])
		switch {
		case known && r:
			no.add(-v)
		case known:
			yes.add(-v)
		}
	}
	if no.n == 0 {
		return "the beginning of none of the refused tokens is known"
	}
	if yes.n == 0 {
		return fmt.Sprintf("refused tokens had been valid for %s, and none was accepted", no.seconds())
	}
	text := fmt.Sprintf("refused tokens had been valid for %s, accepted ones for %s", no.seconds(), yes.seconds())
	if h.threshold == nil || math.IsNaN(h.threshold.Value) {
		return text + "; the younger ones are not those refused"
	}
	delay := "a delay of " + seconds(h.threshold.Value)
	if ahead := s.issuerAhead(); ahead > 0 {
		delay += fmt.Sprintf(" (%s of it for a clock of the issuer's that is ahead)", seconds(ahead))
	}
	return text + "; " + verdictOn(delay, h, s)
}

func doNotYet(_ *study, h *hypothesis) []string {
	return []string{
		fmt.Sprintf("Wait %s between fetching a token and using it (a Constant Timer before the WebSocket sampler).", seconds(max(h.threshold.High, 1))),
		"Compare the clocks of the issuer and of every node that checks tokens (NTP), and ask for a leeway on nbf and iat.",
	}
}

func refuteNotYet(_ *study, h *hypothesis) string {
	return fmt.Sprintf("An upgrade refused with the same answer though its token is older than %s, or a younger one accepted.", seconds(h.threshold.High))
}

func predictNotYet(s *study, _ *hypothesis, x *experiment) float64 {
	switch x.name {
	case freshTokens:
		return 0.9
	case belowLimit, closeThird, agedTokens:
		return 0
	}
	return s.share()
}
