package analysis

import (
	"slices"
	"testing"

	"why403/analysis/covariate"
	"why403/capture"
)

// Attempts have what their tokens say, in the order of appearance, whether or not another
// token says the same; a header field of the same name is another property, whichever came first.
func TestClaimsAreTheAttempts(t *testing.T) {
	token := func(fp capture.Fingerprint, client string) *covariate.Token {
		return &covariate.Token{Token: capture.Token{Fingerprint: fp}, Client: client}
	}
	first, second, third, fourth := token("1", "a"), token("2", ""), token("3", "b"), token("4", "a")
	for _, fieldFrom := range []int{0, 4} {
		f := newFeatureSet(7)
		for i, token := range []*covariate.Token{nil, third, first, second, third, fourth, first} {
			f.at = i
			if i >= fieldFrom {
				f.put("client", "agent", otherFeature)
			}
			f.token(&covariate.Attempt{Upgrade: &capture.Upgrade{}, Token: token})
		}
		f.spreadClaims()
		header, client := f.of["client"], f.named("client")
		header.fill(f.n)
		if header.ofToken || len(header.labels) != f.n || header.values[len(header.values)-1] != "agent" {
			t.Errorf("the header field from %d on has %q for %d attempts, of tokens %v", fieldFrom, header.values, len(header.labels), header.ofToken)
		}
		if !client.ofToken || client.name == header.name || !slices.Equal(client.values, []string{absent, "b", "a"}) {
			t.Errorf("%s of tokens are %q", client.name, client.values)
		}
		if want := []int32{0, 1, 2, 0, 1, 2, 2}; !slices.Equal(client.labels, want) {
			t.Errorf("clients of attempts are %v, want %v", client.labels, want)
		}
		if token := f.named("token"); !slices.Equal(token.values, []string{absent, "3", "1", "2", "4"}) {
			t.Errorf("tokens are %q", token.values)
		}
	}
}
