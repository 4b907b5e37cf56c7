package analysis

import (
	"strings"
	"testing"

	"why403/capture"
)

// What the verdict says of the load tool is what its requests show.
func TestWhyMissing(t *testing.T) {
	for _, c := range []struct {
		change func(u *capture.Upgrade, tok *capture.Token)
		scheme string
		want   string
	}{
		{func(_ *capture.Upgrade, tok *capture.Token) {
			*tok = capture.Token{Fingerprint: tok.Fingerprint, Kind: capture.Placeholder, Placeholder: "NOT_FOUND"}
		}, "Bearer", `carry the literal "NOT_FOUND" with 403: the load tool had no token to send.`},
		{func(_ *capture.Upgrade, _ *capture.Token) {}, "Basic", `carry the scheme "Basic" with 403: accepted ones send their token under another.`},
		{func(_ *capture.Upgrade, tok *capture.Token) {
			*tok = capture.Token{Fingerprint: tok.Fingerprint, Kind: capture.Opaque, Algorithm: "RS256"}
		}, "Bearer", `carry what is not a whole JWT with 403: the load tool lost a part of its token.`},
	} {
		bad := map[capture.Fingerprint]bool{}
		r := plainRun(90, func(i int, u *capture.Upgrade, tok *capture.Token) {
			if i%7 == 3 || i%11 == 5 {
				c.change(u, tok)
				refuse(u, "")
				bad[tok.Fingerprint] = true
			}
		})
		for _, u := range r.Upgrades {
			if bad[u.Token()] {
				u.Credentials[0].Scheme = c.scheme
			}
		}
		if f := explain(r); f.Verdict.Causes[0].Cause != "token-missing" || !strings.HasSuffix(f.Verdict.Says, c.want) {
			t.Errorf("%s: %s: %s", c.want, f.Verdict.Status, f.Verdict.Says)
		}
	}
}
