package analysis

import (
	"fmt"
	"math"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// tokenExpired refuses a token from its expiry on, or some leeway later.
var tokenExpired = &cause{
	name:    "token-expired",
	prior:   0.15,
	weigh:   weighExpired,
	says:    saysExpired,
	story:   storyExpired,
	do:      doExpired,
	refute:  refuteExpired,
	predict: predictAged,
	words:   []string{"token_expired", "token expired", "jwt is expired", "jwt expired", "has expired", "token is expired", "access token expired"},
}

// expiryLeeway is the prior on how long after exp a token is still taken: mostly
// not at all; a second where a validator compares whole seconds with >; a
// validator may allow for clocks that differ, or refuse a token early.
var expiryLeeway = evidence.Mix(
	evidence.Part{Weight: 0.50, Mass: evidence.Spike(0)},
	evidence.Part{Weight: 0.10, Mass: evidence.Spike(1)},
	evidence.Part{Weight: 0.33, Mass: evidence.LogUniform(0.1, 3600)},
	evidence.Part{Weight: 0.07, Mass: evidence.Mirror(evidence.LogUniform(0.1, 600))},
)

// nearSeconds is how far from a threshold in seconds an attempt may fall on the
// wrong side without that being a sign of another mechanism.
const nearSeconds = 1.5

// bounds returns a time of an attempt's token with its error, in seconds, and
// everything where the time is not known.
func bounds(known bool, value, err float64) (lo, mid, hi float64) {
	if !known {
		return math.Inf(-1), math.Inf(-1), math.Inf(1)
	}
	return value - err, value, value + err
}

// never is the covariate of an attempt that a cause would not refuse.
func never() (lo, mid, hi float64) { return math.Inf(-1), math.Inf(-1), math.Inf(-1) }

// tokenless reports whether an attempt is known to have carried no token, so that
// nothing about a token can be the reason of its refusal.
func (s *study) tokenless(i int) bool {
	return s.table.Tokenless(i)
}

func (s *study) lateness(i int) (float64, bool) {
	a := &s.table.Attempts[i]
	if !knowsExpiry(a) {
		return 0, false
	}
	return -a.Left.Seconds(), true
}

func knowsExpiry(a *covariate.Attempt) bool { return a.Token != nil && a.Token.Expires.Seen() }
func knowsIssue(a *covariate.Attempt) bool  { return a.Token != nil && a.Token.Issued.Seen() }

func weighExpired(s *study) []*hypothesis { return []*hypothesis{s.expired(expiryLeeway)} }

// plainExpiry is expiry without a leeway: where another cause refuses as well, the
// leeway that fits expiry alone is stretched over what the other refused.
func (s *study) plainExpiry() *hypothesis {
	h := s.expired(evidence.Spike(0))
	h.cause, h.equivalent = tokenExpired, []string{}
	return h
}

func (s *study) expired(mass evidence.Mass) *hypothesis {
	of := func(i int) (float64, float64, float64) {
		late, known := s.lateness(i)
		if s.tokenless(i) {
			return never()
		}
		return bounds(known, late, s.table.Attempts[i].Error.Seconds())
	}
	h, r := s.scanned(of, mass, nearSeconds)
	if h.predicted != nil {
		h.threshold = leeway(r)
		s.predict(h, of, h.threshold.Value, nearSeconds)
	}
	return h
}

// leeway is the best threshold: zero if zero is about as good as any.
func leeway(r evidence.Result) *Threshold {
	t := &Threshold{Value: within(r.Best), Low: r.Low, High: r.High, Unit: "s"}
	if r.Low < 0 && 0 <= r.High {
		t.Value = 0
	}
	return finite(t)
}

// within returns a value of a cell: its middle.
func within(c evidence.Cell) float64 {
	if math.IsInf(c.After, -1) {
		return c.UpTo
	}
	return c.After + (c.UpTo-c.After)/2
}

// finite bounds a threshold's interval to numbers that JSON can hold.
func finite(t *Threshold) *Threshold {
	if math.IsInf(t.Low, -1) {
		t.Low = t.Value
	}
	if math.IsInf(t.High, 1) {
		t.High = t.Value
	}
	return t
}

func saysExpired(s *study, h *hypothesis) string {
	if v := h.threshold.Value; v > 1.5 {
		return fmt.Sprintf("The gateway refuses tokens from %s after their expiry on, with %s.", seconds(v), s.majority)
	} else if v < -1.5 {
		return fmt.Sprintf("The gateway refuses tokens from %s before their expiry on, with %s.", seconds(-v), s.majority)
	}
	return fmt.Sprintf("The gateway refuses expired tokens with %s.", s.majority)
}

func storyExpired(s *study, h *hypothesis) string {
	var refused, expired, refusedAll, accepted, late int
	most, least := math.Inf(-1), math.Inf(1)
	for i, r := range s.table.Refused {
		if r {
			refusedAll++
		}
		v, known := s.lateness(i)
		switch {
		case !known:
		case r:
			refused++
			most, least = max(most, -v), min(least, -v)
			if v >= 0 {
				expired++
			}
		default:
			accepted++
			if v >= 0 {
				late++
			}
		}
	}
	if refused == 0 {
		return fmt.Sprintf("the expiry of none of the %d refused tokens is known", refusedAll)
	}
	text := fmt.Sprintf("%d of %d refused tokens were expired", expired, refused)
	if expired < refused {
		text += fmt.Sprintf(", the one with the most time had %s left", seconds(most))
	}
	if expired > 0 && accepted > 0 {
		text += fmt.Sprintf("; so were %d of %d accepted ones", late, accepted)
	}
	if unknown := refusedAll - refused; unknown > 0 {
		text += fmt.Sprintf("; the expiry of %d more refused ones is not known", unknown)
	}
	return text
}

func doExpired(*study, *hypothesis) []string {
	return []string{
		"Fetch a new token before the old one expires: for each upgrade (-Jtoken.mode=iteration), or shortly before expires_in has passed.",
		"Check that the load tool does not go on using a token that it fetched once (-Jtoken.mode=shared or static).",
		"Compare the clocks of the issuer and the gateway if tokens look fresh where they are issued.",
	}
}

func refuteExpired(*study, *hypothesis) string {
	return "An upgrade refused with the same answer although its token has time left, or one accepted with an expired token."
}

// predictAged is the share of refusals if tokens are refused by their age.
func predictAged(s *study, _ *hypothesis, x *experiment) float64 {
	switch x.name {
	case freshTokens:
		return 0
	case belowLimit, closeThird:
		return 0.9
	case slowRamp:
		return min(1, 1-(1-s.share())/slower)
	case churnBelow:
		return s.share()
	}
	return s.share()
}
