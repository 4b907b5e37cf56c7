package sim

import (
	"net/http"
	"time"
)

// limitScenarios are gateways whose limits are kept in less common ways.
func limitScenarios() []Scenario {
	return []Scenario{
		{
			Name:    "cap-per-client",
			Says:    "12 sockets for each client id, and three of these with a third of the users each",
			Gateway: GatewayOptions{CapPerClient: 12, RequireToken: true, CheckExpiry: true},
			Load: func() Load {
				l := comeAndGo(60, 6*time.Second)
				l.Clients = 3
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"concurrency-cap"}, Scope: "client", Threshold: 12, Unit: "open sockets"},
		},
		{
			Name:    "cap-growing",
			Says:    "room for 25 sockets, and for one more every second",
			Gateway: GatewayOptions{Cap: 25, CapGrowth: 1, RequireToken: true, CheckExpiry: true},
			Load:    comeAndGo(60, 6*time.Second),
			Want:    Answer{Causes: []string{"concurrency-cap"}},
		},
		{
			Name:    "cap-leaking",
			Says:    "room for 50 sockets, and every tenth place is never given back",
			Gateway: GatewayOptions{Cap: 50, Leak: 0.1, RequireToken: true, CheckExpiry: true},
			Load:    comeAndGo(60, 6*time.Second),
			Want:    Answer{Causes: []string{"concurrency-cap"}},
		},
		{
			Name:    "cap-dropped",
			Says:    "room for 45 sockets, and the connection of whoever comes next is closed without a word",
			Gateway: GatewayOptions{Cap: 45, RequireToken: true, CheckExpiry: true, Refusal: Refusal{Drop: true}},
			Load:    comeAndGo(60, 6*time.Second),
			Want:    Answer{Status: "determined", Causes: []string{"concurrency-cap"}, Scope: "global", Threshold: 45, Unit: "open sockets"},
		},
		{
			Name: "rate-limit-429",
			Says: "9.3 upgrades a second, 7 at once, and 429 with Retry-After for the others",
			Gateway: GatewayOptions{
				RatePerSecond: 9.3, Burst: 7, RequireToken: true, CheckExpiry: true,
				Refusal: Refusal{Status: http.StatusTooManyRequests, Body: "Too Many Requests", Header: http.Header{"Retry-After": {"1"}}},
			},
			Load: reopen(0),
			Want: Answer{Status: "determined", Causes: []string{"rate-limit"}, Scope: "global"},
		},
		{
			Name:    "source-ban",
			Says:    "whoever sends more than 25 upgrades in a second is kept out for 2.7 s",
			Gateway: GatewayOptions{BanOver: 25, BanFor: 2700 * ms, RequireToken: true, CheckExpiry: true},
			Load:    reopen(0),
			// Determined, unless a busy machine blurs the bursts that begin bans: then the
			// verdict only names them.
			Want: Answer{Causes: []string{"source-ban"}},
		},
		{
			Name:    "overload",
			Says:    "13 tokens are validated a second, and who would wait longer than 800 ms is refused then",
			Gateway: GatewayOptions{Validations: 13, ValidateWait: 800 * ms, RequireToken: true, CheckExpiry: true},
			Load: func() Load {
				l := reopen(0)
				l.RampUp = 12 * time.Second
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"overload"}},
		},
		{
			Name:    "every-fifth",
			Says:    "every fifth upgrade is refused, which no cause of the vocabulary does",
			Gateway: GatewayOptions{EveryNth: 5, RequireToken: true, CheckExpiry: true},
			Load:    reopen(0),
			Want:    Answer{},
		},
	}
}
