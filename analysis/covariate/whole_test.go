package covariate

import (
	"testing"
	"time"

	"why403/capture"
)

// A short signature is a fault, but not of a token that the issuer gave out or that gateways take.
func TestShortSignatureNoFault(t *testing.T) {
	short := capture.Token{Kind: capture.Opaque, Algorithm: "RS256", Subject: "user"}
	for _, c := range []struct {
		name             string
		issued, accepted bool
		want             capture.TokenKind
	}{
		{"refused", false, false, capture.Opaque},
		{"given out so", true, false, capture.JWT},
		{"accepted", false, true, capture.JWT},
	} {
		run := &capture.Run{Tokens: map[capture.Fingerprint]capture.Token{"short": short, "beginning": {Kind: capture.Opaque, Algorithm: "RS256"}}}
		if c.issued {
			run.TokenRequests = []capture.TokenRequest{{Issued: "short"}}
		}
		for i, fp := range []capture.Fingerprint{"short", "short", "beginning"} {
			u := &capture.Upgrade{Outcome: capture.Accepted, Credentials: []capture.Credential{{Token: fp}}}
			if !c.accepted || fp == "beginning" {
				u.Outcome, u.Status = capture.Refused, 403
			}
			u.Phases.RequestSent, u.Phases.ResponseHead = base.Add(1), base.Add(time.Duration(2+i))
			run.Upgrades = append(run.Upgrades, u)
		}
		for _, a := range Build(run).Attempts {
			want := c.want
			if a.Upgrade.Token() == "beginning" {
				want = capture.Opaque
			}
			if a.Token.Kind != want {
				t.Errorf("%s: %s is %s, want %s", c.name, a.Upgrade.Token(), a.Token.Kind, want)
			}
		}
	}
}
