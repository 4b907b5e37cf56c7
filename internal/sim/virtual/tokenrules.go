package virtual

// Expired refuses tokens from exp + leeway on, by the gateway's clock.
func Expired(leeway float64) Rule {
	return ofToken(func(c *Clock, t *Token) bool { return c.Wall() >= t.Expires+leeway })
}

// TooOld refuses tokens from that age on.
func TooOld(age float64) Rule {
	return ofToken(func(c *Clock, t *Token) bool { return c.Wall() >= t.Issued+age })
}

// NotYet refuses tokens before iat − leeway by a clock that is behind seconds
// behind the gateway's.
func NotYet(behind, leeway float64) Rule {
	return ofToken(func(c *Clock, t *Token) bool { return c.Wall()-behind < t.Issued-leeway })
}

// Overused refuses a token that has come n times before and was let through.
func Overused(n int) Rule {
	return func(*Clock) Judge {
		uses := map[string]int{}
		return Judge{
			Refuse: func(a *Arrival) bool { return a.Token != nil && uses[PerToken(a)] >= n },
			Opened: func(a *Arrival) { uses[PerToken(a)]++ },
		}
	}
}

// Missing refuses upgrades without a token that is one.
func Missing() Rule {
	return func(*Clock) Judge {
		return Judge{Refuse: func(a *Arrival) bool { return a.Token == nil || a.Fault != Fault{} }}
	}
}

func ofToken(bad func(*Clock, *Token) bool) Rule {
	return func(c *Clock) Judge {
		return Judge{Refuse: func(a *Arrival) bool { return a.Token != nil && a.Fault == Fault{} && bad(c, a.Token) }}
	}
}
