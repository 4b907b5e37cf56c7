package covariate

import "why403/capture"

// A JWT whose signature is too short for its algorithm was most likely cut short on its way,
// and is recorded as opaque. It was not if the issuer gave it out so, or if the gateway takes
// such tokens: then signatures are of a kind of their own, as in a test without real keys.
// So they are, more likely than that all were cut short just there, if nothing was accepted and
// there are no others.

// shortSigned reports whether the claims of a token could be read, but what follows them is
// too short for a signature.
func (k *Token) shortSigned() bool {
	return k.Kind == capture.Opaque && k.Algorithm != "" &&
		(k.Claims != "" || k.Issuer != "" || k.Subject != "" || k.ExpiresAt.Seen())
}

// takeForWhole makes JWTs of the tokens whose short signature is no fault.
func (t *Table) takeForWhole(known map[capture.Fingerprint]*usedToken) {
	for i := range t.Run.TokenRequests {
		if tok := known[t.Run.TokenRequests[i].Issued]; tok != nil && tok.shortSigned() {
			tok.Kind = capture.JWT
		}
	}
	if !t.shortSignedUsual() {
		return
	}
	for _, tok := range known {
		if tok.shortSigned() {
			tok.Kind = capture.JWT
		}
	}
}

// shortSignedUsual reports whether most JWTs of accepted attempts have too short a signature; of
// all attempts, whether all have, if none was accepted.
func (t *Table) shortSignedUsual() bool {
	var short, whole [2]int // of accepted and refused attempts
	accepted := false
	for i := range t.Attempts {
		a, of := &t.Attempts[i], 0
		if a.Refused {
			of = 1
		}
		accepted = accepted || !a.Refused
		switch {
		case a.Token == nil:
		case a.Token.shortSigned():
			short[of]++
		case a.Token.Kind == capture.JWT:
			whole[of]++
		}
	}
	return short[0] > whole[0] || !accepted && whole[1] == 0
}
