package covariate

import (
	"testing"

	"why403/capture"
)

// A short signature is a fault, but not of a token that the issuer gave out or that gateways take.
func TestShortSignatureNoFault(t *testing.T) {
	short := capture.Token{Kind: capture.Opaque, Algorithm: "RS256", Subject: "user"}
	for _, c := range []struct {
		name             string
		issued, accepted bool
		others           []capture.Outcome // of tokens that are whole
		want             capture.TokenKind
	}{
		{"refused", false, false, []capture.Outcome{capture.Accepted}, capture.Opaque},
		{"refused as all are", false, false, []capture.Outcome{capture.Refused}, capture.Opaque},
		{"refused as all are, and no others", false, false, nil, capture.JWT},
		{"given out so", true, false, []capture.Outcome{capture.Accepted}, capture.JWT},
		{"accepted", false, true, []capture.Outcome{capture.Refused}, capture.JWT},
		{"accepted less often", false, true, []capture.Outcome{capture.Accepted, capture.Accepted, capture.Accepted}, capture.Opaque},
	} {
		run := &capture.Run{Tokens: map[capture.Fingerprint]capture.Token{"short": short, "beginning": {Kind: capture.Opaque, Algorithm: "RS256"}, "whole": {Kind: capture.JWT}}}
		if c.issued {
			run.TokenRequests = []capture.TokenRequest{{Issued: "short"}}
		}
		put := func(fp capture.Fingerprint, outcome capture.Outcome) {
			u := &capture.Upgrade{Outcome: outcome, Credentials: []capture.Credential{{Token: fp}}}
			u.Phases.RequestSent, u.Phases.ResponseHead = base.Add(1), base.Add(2)
			run.Upgrades = append(run.Upgrades, u)
		}
		of := capture.Refused
		if c.accepted {
			of = capture.Accepted
		}
		put("short", of)
		put("short", of)
		put("beginning", capture.Refused)
		for _, o := range c.others {
			put("whole", o)
		}
		for _, a := range Build(run).Attempts {
			want := c.want
			switch a.Upgrade.Token() {
			case "beginning":
				want = capture.Opaque
			case "whole":
				want = capture.JWT
			}
			if a.Token.Kind != want {
				t.Errorf("%s: %s is %s, want %s", c.name, a.Upgrade.Token(), a.Token.Kind, want)
			}
		}
	}
}
