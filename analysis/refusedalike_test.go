package analysis

import (
	"fmt"
	"strings"
	"testing"

	"why403/capture"
)

// Upgrades without a token that are refused while the same host refuses token requests
// with the same status may be refused for what refuses these.
func TestTokensRefusedAlike(t *testing.T) {
	for _, c := range []struct {
		host, oauth string
		status      int
		want        Status
	}{
		{"gw.example", "", 403, Undetermined},
		{"gw.example", "", 500, Determined},
		{"gw.example", "invalid_client", 403, Determined},
		{"id.example", "", 403, Determined},
	} {
		asked := make([]capture.TokenRequest, 60)
		r := plainRun(len(asked), func(i int, u *capture.Upgrade, tok *capture.Token) {
			asked[i] = capture.TokenRequest{URL: "https://" + c.host + "/oauth/token", Status: 200, Sent: u.Phases.RequestSent - 1}
			if i%20 < 12 {
				return
			}
			refuse(u, "")
			asked[i].Status, asked[i].Error = c.status, c.oauth
			*tok = capture.Token{Fingerprint: "aaaaaaaaaaaaaaaa", Kind: capture.Placeholder, Placeholder: "TOKEN_NOT_FOUND"}
		})
		r.TokenRequests = asked
		f := explain(r)
		if v := f.Verdict; v.Status != c.want || v.Causes[0].Cause != "token-missing" {
			t.Errorf("%+v: %s: %s", c, v.Status, v.Says)
		}
		if says := adviceOf(f, "token-endpoint"); strings.Contains(says, "answered 24 of them with the same status") != (c.want == Undetermined) {
			t.Errorf("%+v: %s", c, says)
		}
	}
}

func adviceOf(f *Findings, name string) string {
	for _, a := range f.Advice {
		if a.Name == name {
			return a.Says
		}
	}
	return fmt.Sprintf("no advice %q", name)
}

// Where no cause is found and token requests are refused alike, one limit may count both.
func TestTokensFirst(t *testing.T) {
	s := &study{run: &capture.Run{TokenRequests: []capture.TokenRequest{{URL: "https://gw.example/token", Status: 403}}}}
	s.table = newStudy(plainRun(4, func(i int, u *capture.Upgrade, _ *capture.Token) {
		if i > 1 {
			refuse(u, "")
		}
	})).table
	if do := doUnknown(s, &hypothesis{}); do[0] != tokensFirst {
		t.Errorf("first %q", do[0])
	}
	s.run.TokenRequests = nil
	if do := doUnknown(s, &hypothesis{}); do[0] == tokensFirst {
		t.Errorf("first %q without token requests", do[0])
	}
}
