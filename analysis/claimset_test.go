package analysis

import (
	"slices"
	"testing"

	"why403/analysis/covariate"
	"why403/capture"
)

// Attempts have what their tokens say, in the order of appearance, whether or not another
// token says the same; a header field of the same name is another property.
func TestClaimsAreTheAttempts(t *testing.T) {
	first := &covariate.Token{Token: capture.Token{Fingerprint: "1"}, Client: "a"}
	second := &covariate.Token{Token: capture.Token{Fingerprint: "2"}}
	third := &covariate.Token{Token: capture.Token{Fingerprint: "3"}, Client: "b"}
	fourth := &covariate.Token{Token: capture.Token{Fingerprint: "4"}, Client: "a"}
	f := newFeatureSet(7)
	for i, token := range []*covariate.Token{nil, third, first, second, third, fourth, first} {
		f.at = i
		f.put("client", "agent", otherFeature)
		f.token(&covariate.Attempt{Upgrade: &capture.Upgrade{}, Token: token})
	}
	f.spreadClaims()
	header, client := f.of["client"], f.of["token's client"]
	if header.ofToken || len(header.values) != 1 {
		t.Errorf("the header field client has %q, of tokens %v", header.values, header.ofToken)
	}
	if !client.ofToken || !slices.Equal(client.values, []string{absent, "b", "a"}) {
		t.Errorf("tokens' clients are %q", client.values)
	}
	if want := []int32{0, 1, 2, 0, 1, 2, 2}; !slices.Equal(client.labels, want) {
		t.Errorf("clients of attempts are %v, want %v", client.labels, want)
	}
	if token := f.of["token"]; !slices.Equal(token.values, []string{absent, "3", "1", "2", "4"}) {
		t.Errorf("tokens are %q", token.values)
	}
}
