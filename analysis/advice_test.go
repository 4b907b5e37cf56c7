package analysis

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// plainRun is n upgrades, one a second, each accepted, with a token of its own
// that lives an hour; change may alter each.
func plainRun(n int, change func(i int, u *capture.Upgrade, t *capture.Token)) *capture.Run {
	begin := capture.Instant(1_790_000_000e9)
	c := &capture.Collector{}
	for i := range n {
		at := begin.Add(time.Duration(i) * time.Second)
		tok := capture.Token{Fingerprint: capture.Fingerprint(fmt.Sprintf("%016x", i)), Kind: capture.JWT, Subject: fmt.Sprint("user", i),
			IssuedAt: at, ExpiresAt: at.Add(time.Hour), Issuer: "https://id.example/"}
		u := capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Host: "gw.example", Authority: "gw.example:443", Outcome: capture.Accepted, Status: 101,
			RequestHead:  capture.Head("GET / HTTP/1.1\r\nHost: gw.example\r\nOrigin: https://app.example\r\n\r\n").Keep(),
			ResponseHead: capture.Head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n").Keep()}
		u.Phases.RequestSent, u.Phases.ResponseHead = at, at.Add(20*time.Millisecond)
		u.Socket.Opened = u.Phases.ResponseHead
		if change != nil {
			change(i, &u, &tok)
		}
		u.Credentials = []capture.Credential{{Token: tok.Fingerprint, Place: "authorization", Scheme: "Bearer"}}
		c.Put(u)
		c.Put(tok)
	}
	return c.Run(capture.Meta{Started: begin, Ended: begin.Add(time.Duration(n) * time.Second)})
}

func refuse(u *capture.Upgrade, fields string) {
	u.Outcome, u.Status, u.Socket = capture.Refused, 403, capture.Socket{}
	u.ResponseHead = capture.Head("HTTP/1.1 403 Forbidden\r\n" + fields + "\r\n").Keep()
}

func oneToken(t *capture.Token) { t.Fingerprint = "aaaaaaaaaaaaaaaa" }

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		name, want string // want is of Says
		run        func() *capture.Run
	}{
		{"tokens-per-upgrade", "40 tokens for 40 upgrades; at its last upgrade the median token had over 99 % of its life left", func() *capture.Run { return plainRun(40, nil) }},
		{"grant-type", "act for one subject", func() *capture.Run {
			r := plainRun(40, func(_ int, _ *capture.Upgrade, t *capture.Token) { t.Subject = "load"; oneToken(t) })
			r.TokenRequests = []capture.TokenRequest{{GrantType: "client_credentials", Status: 200}}
			return r
		}},
		{"token-endpoint", "429 to 3 of 5 token requests", func() *capture.Run {
			r := plainRun(5, nil)
			for i := range 5 {
				r.TokenRequests = append(r.TokenRequests, capture.TokenRequest{Status: 200 + 229*(i%2) + 229*(i/4)})
			}
			return r
		}},
		{"token-endpoint", "half of its answers take longer than 3 s", func() *capture.Run {
			r := plainRun(5, nil)
			for i := range capture.Instant(40) {
				took := capture.Instant(20e6)
				if i > 12 {
					took = 3e9
				}
				r.TokenRequests = append(r.TokenRequests, capture.TokenRequest{Status: 200, Sent: 1 + i*1e9, Answered: 1 + i*1e9 + took})
			}
			return r
		}},
		{"rate-fields", "10 of 10 refusals ask to wait (Retry-After: 30); 9 of them were followed", func() *capture.Run {
			return plainRun(40, func(i int, u *capture.Upgrade, t *capture.Token) {
				if oneToken(t); i >= 30 {
					refuse(u, "Retry-After: 30\r\n")
				}
			})
		}},
		{"rate-fields", "inin-ratelimit-allowed: 180", func() *capture.Run {
			return plainRun(4, func(_ int, u *capture.Upgrade, _ *capture.Token) {
				u.ResponseHead = capture.Head("HTTP/1.1 101 Switching Protocols\r\ninin-ratelimit-allowed: 180\r\n\r\n").Keep()
			})
		}},
		{"retry-storm", "1.0 upgrades a second before the first refusal", func() *capture.Run {
			return plainRun(300, func(i int, u *capture.Upgrade, t *capture.Token) {
				if oneToken(t); i >= 30 {
					at := u.Phases.RequestSent - capture.Instant(i-30)*9e8
					u.Phases.RequestSent, u.Phases.ResponseHead = at, at+1e6
					refuse(u, "")
				}
			})
		}},
		{"vendor-host", "under none of its known domains", func() *capture.Run {
			return plainRun(4, func(_ int, u *capture.Upgrade, _ *capture.Token) {
				u.Host = "websockets-us-gene-external.genesiscloud.com"
			})
		}},
		{"vendor-path", "carry an Authorization field", func() *capture.Run {
			return plainRun(4, func(_ int, u *capture.Upgrade, _ *capture.Token) {
				u.Host = "webmessaging.apse1.pure.cloud"
				u.RequestHead = capture.Head("GET / HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n").Keep()
			})
		}},
		{"region", "says us (websockets-us-gene-external.genesiscloud.com), the issuer of the tokens says ap-southeast (login.apse1.pure.cloud)", func() *capture.Run {
			return plainRun(4, func(_ int, u *capture.Upgrade, t *capture.Token) {
				u.Host, t.Issuer = "websockets-us-gene-external.genesiscloud.com", "https://login.apse1.pure.cloud"
			})
		}},
		{"missing-origin", "10 of 40 upgrades carry no Origin", func() *capture.Run {
			return plainRun(40, func(i int, u *capture.Upgrade, _ *capture.Token) {
				if i < 10 {
					u.RequestHead = capture.Head("GET / HTTP/1.1\r\n\r\n").Keep()
				}
				if i >= 30 {
					refuse(u, "")
				}
			})
		}},
		{"clock-offset", "clock is 1 min (± 510 ms) ahead of", func() *capture.Run {
			r := plainRun(40, nil)
			for _, u := range r.Upgrades {
				date := (u.Phases.ResponseHead + 60e9) / 1e9 * 1e9
				r.Clock = append(r.Clock, capture.ClockSample{Sent: u.Phases.RequestSent, Received: u.Phases.ResponseHead, Date: date, Authority: u.Authority})
			}
			return r
		}},
		{"generator-limits", "3 upgrades never reached the gateway: 3 because too many files were open", func() *capture.Run {
			return plainRun(40, func(i int, u *capture.Upgrade, _ *capture.Token) {
				if i < 3 {
					*u = capture.Upgrade{Conn: u.Conn, Exchange: 1, Host: u.Host, Outcome: capture.Unreached, Failure: "dial tcp: socket: too many open files"}
				}
			})
		}},
	} {
		f := Explain(c.run())
		found := false
		for _, a := range f.Advice {
			if a.Name == c.name {
				found = strings.Contains(a.Says, c.want) && len(a.Do) > 0
				if !found {
					t.Errorf("%s: says %q, want %q in it", c.name, a.Says, c.want)
				}
				found = true
			}
		}
		if !found {
			t.Errorf("%s: no such advice in %+v", c.name, f.Advice)
		}
	}
}

// A load that does everything right gets no advice, nor does none.
func TestNoAdvice(t *testing.T) {
	if f := Explain(plainRun(0, nil)); len(f.Advice) > 0 {
		t.Errorf("of an empty run: %+v", f.Advice)
	}
	run := plainRun(40, func(i int, _ *capture.Upgrade, t *capture.Token) {
		t.Fingerprint = capture.Fingerprint(fmt.Sprintf("%016x", i%5))
	})
	if f := Explain(run); len(f.Advice) > 0 {
		t.Errorf("%+v", f.Advice)
	}
}

func TestAreaOf(t *testing.T) {
	for host, want := range map[string]string{
		"webmessaging.apse1.pure.cloud": "ap-southeast", "login.mypurecloud.com": "us", "api.mypurecloud.com.au": "au",
		"chat-gateway-de-na1.niceincontact.com": "us", "websockets-us-gene-external.genesiscloud.com": "us",
		"gateway.example": "", "10.0.0.1": "", "gw-eu.example": "eu",
	} {
		if got := areaOf(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}
