package analysis

import (
	"net/url"

	"why403/capture"
)

// tokensFirst is what to do where token requests are refused as upgrades are: one limit may
// count both, and what then goes without a token is refused for another reason.
const tokensFirst = "Record again with tokens fetched before the load (-Jtoken.mode=shared): a limit that counts token requests too shows most clearly where nothing but upgrades is counted."

// tokensRefusedAlike reports whether most of the token requests that failed were refused
// as upgrades are, by the same host with the same status, and not with an error of OAuth
// (RFC 6749 §5.2). What refuses both, a ban say, leaves the load tool without a token just
// when it refuses upgrades.
func (s *study) tokensRefusedAlike() bool {
	failed, alike := s.failedTokenRequests()
	return alike > 0 && 2*alike >= failed
}

// failedTokenRequests counts those, and of them those refused as upgrades are.
func (s *study) failedTokenRequests() (failed, alike int) {
	refused := s.refusedAs()
	for _, r := range s.run.TokenRequests {
		if !fails(r) {
			continue
		}
		failed++
		if refused.holds(r) {
			alike++
		}
	}
	return failed, alike
}

// refusedLike is the answers with which hosts refuse upgrades.
type refusedLike map[statusOf]bool

type statusOf struct {
	host   string
	status int
}

func (s *study) refusedAs() refusedLike {
	refused := refusedLike{}
	for i := range s.table.Attempts {
		if u := s.table.Attempts[i].Upgrade; s.table.Refused[i] {
			refused[statusOf{hostname("//" + u.Authority), u.Status}] = true
		}
	}
	return refused
}

// holds reports whether a token request was refused so.
func (a refusedLike) holds(r capture.TokenRequest) bool {
	return fails(r) && r.Error == "" && a[statusOf{hostname(r.URL), r.Status}]
}

func fails(r capture.TokenRequest) bool { return r.Status == 0 || r.Status >= 400 }

func hostname(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
