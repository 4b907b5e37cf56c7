package analysis

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"why403/analysis/covariate"
	"why403/capture"
)

// feature is one property of the requests: for each attempt which of its values it
// has.
type feature struct {
	name    string
	weight  float64  // of the prior, among features
	values  []string // texts of the values
	labels  []int32  // by attempt, into values
	ofToken bool     // says nothing of requests without a token
}

// absent is the value of what a request does not have.
const absent = "(none)"

// The weights of the prior: of what gateways are known to decide by, and of any
// header field or claim.
const (
	knownFeature = 1.0
	otherFeature = 0.1
)

// features returns the properties in which requests differ, those of too many
// values left out: one that names each request cannot select any.
func (s *study) features() []feature {
	f := s.gathered()
	var list []feature
	for _, c := range f.order {
		c.fill(f.n)
		if k := len(c.values); k > 1 && k <= 2+f.n/4 {
			list = append(list, c.feature)
		}
	}
	return list
}

// gathered returns all properties.
func (s *study) gathered() *featureSet {
	f := newFeatureSet(len(s.table.Attempts))
	places := s.placeFields()
	for i := range s.table.Attempts {
		f.at = i
		a := &s.table.Attempts[i]
		f.request(a)
		f.token(a)
		for _, name := range places {
			if v, ok := a.Upgrade.ResponseHead.Get(name); ok {
				f.put(strings.ToLower(name), placeOf(name, v), knownFeature)
			}
		}
	}
	f.spreadClaims()
	return f
}

// request puts what the request line, the addresses and the header fields say.
func (f *featureSet) request(a *covariate.Attempt) {
	u := a.Upgrade
	path, _, _ := strings.Cut(u.Target, "?")
	f.put("path", path, knownFeature)
	f.put("host", strings.ToLower(u.Host), knownFeature)
	f.put("authority", strings.ToLower(u.Authority), otherFeature)
	if u.Source.IsValid() {
		f.put("source", f.sources.text(u.Source.Addr()), knownFeature)
	}
	if u.Server.IsValid() {
		f.put("edge", f.edges.text(u.Server), knownFeature)
	}
	if t := u.ServerTLS; t != nil {
		f.put("tls version", t.Version, otherFeature)
		f.put("tls cipher", t.Cipher, otherFeature)
		f.put("alpn", t.ALPN, otherFeature)
	}
	f.head(u.RequestHead)
}

// perRequest are fields whose value is a secret, or new with each request.
var perRequest = map[string]bool{
	"sec-websocket-key": true, "authorization": true, "cookie": true, "date": true, "host": true,
	"sec-websocket-protocol": true, "proxy-authorization": true, "x-api-key": true,
}

func headerWeight(name string) float64 {
	switch name {
	case "origin", "user-agent", "x-region":
		return knownFeature
	}
	return otherFeature
}

// token puts what the token's claims say.
func (f *featureSet) token(a *covariate.Attempt) {
	if len(a.Upgrade.Credentials) > 0 {
		place := f.column("token place", otherFeature)
		place.ofToken = true
		place.put(a.Upgrade.Credentials[0].Place, f.at)
	}
	t := a.Token
	if t == nil || t.Kind == capture.Placeholder {
		return // that is another cause, token-missing
	}
	if f.tokens.carry(t, f.at) {
		f.claims(t)
	}
}

// claims puts what a token says that was not seen before.
func (f *featureSet) claims(t *covariate.Token) {
	f.claim("token", string(t.Fingerprint), otherFeature)
	for _, p := range [][2]string{
		{"kid", t.KeyID}, {"alg", t.Algorithm}, {"issuer", t.Issuer}, {"client", t.Client},
		{"subject", t.Subject}, {"organisation", t.Organisation},
	} {
		if p[1] != "" {
			f.claim(p[0], p[1], knownFeature)
		}
	}
	if t.Kind == capture.JWT {
		f.list("audience", t.Audience)
		f.list("scope", t.Scopes)
	}
	for _, p := range otherClaims(t.Claims) {
		f.claim("claim "+p[0], p[1], otherFeature)
	}
}

// list puts a claim of several values: as a whole, and each of them.
func (f *featureSet) list(name string, values []string) {
	sorted := slices.Sorted(slices.Values(values))
	f.claim(name, strings.Join(sorted, " "), knownFeature)
	for _, v := range sorted {
		f.claim(name+" "+v, "with "+v, knownFeature)
	}
}

// named are the claims that have a feature of their own, or are new with each token.
var named = map[string]bool{
	"iss": true, "sub": true, "aud": true, "exp": true, "nbf": true, "iat": true, "jti": true, "scope": true, "scp": true,
	"scopes": true, "client_id": true, "azp": true, "auth_time": true, "sid": true, "nonce": true, "at_hash": true,
}

// otherClaims returns the other claims of a set with a plain value, in order.
func otherClaims(set string) [][2]string {
	if set == "" {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal([]byte(set), &claims) != nil {
		return nil
	}
	var of [][2]string
	for name, v := range claims {
		if named[name] {
			continue
		}
		switch v := v.(type) {
		case string:
			of = append(of, [2]string{name, v})
		case bool:
			of = append(of, [2]string{name, strconv.FormatBool(v)})
		}
	}
	slices.SortFunc(of, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return of
}
