package sim

import "time"

// tokenScenarios are gateways that look at more of a token than its expiry.
func tokenScenarios() []Scenario {
	return []Scenario{
		{
			Name: "token-expired-opaque",
			Says: "tokens without claims that live 6 s, and users who keep them for 9",
			Gateway: GatewayOptions{
				RequireToken: true, CheckExpiry: true, TokenLife: 6 * time.Second, Issuer: IssuerOptions{Format: Opaque},
			},
			Load: reopen(9 * time.Second),
			Want: Answer{Status: "determined", Causes: []string{"token-expired"}, Scope: "global", Threshold: 0, Unit: "s"},
		},
		{
			Name:    "token-not-yet-valid",
			Says:    "a gateway whose clock is 4 s behind the issuer's refuses tokens that are too new",
			Gateway: GatewayOptions{RequireToken: true, CheckExpiry: true, ClockOffset: -4 * time.Second},
			Load:    reopen(8 * time.Second),
			Want:    Answer{Status: "determined", Causes: []string{"token-not-yet-valid"}},
		},
		{
			Name:    "token-overused",
			Says:    "a token is good for 5 upgrades, and users keep theirs for 9 s",
			Gateway: GatewayOptions{RequireToken: true, CheckExpiry: true, MaxTokenUses: 5},
			Load:    reopen(9 * time.Second),
			Want:    Answer{Status: "undetermined", Causes: []string{"token-overused", "quota"}}, // a count within a time that no token outlasts refuses the same
		},
		{
			Name:    "attribute-scope",
			Says:    "a quarter of the users have tokens without the scope chat:send, which the gateway wants",
			Gateway: GatewayOptions{RequireToken: true, CheckExpiry: true, RequireScope: "chat:send"},
			Load: func() Load {
				l := comeAndGo(40, 6*time.Second)
				l.Scopes = []string{"chat:read chat:send", "chat:read chat:send", "chat:read chat:send", "chat:read"}
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"attribute"}},
		},
		{
			Name:    "cap-and-expired",
			Says:    "room for 32 sockets, and tokens that live 8 s though users keep them for 11",
			Gateway: GatewayOptions{Cap: 32, RequireToken: true, CheckExpiry: true, TokenLife: 8 * time.Second},
			Load: func() Load {
				l := comeAndGo(50, 10*time.Second)
				l.RefreshAfter = 11 * time.Second
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"concurrency-cap", "token-expired"}},
		},
	}
}
