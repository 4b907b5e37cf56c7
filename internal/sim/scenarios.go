package sim

import (
	"slices"
	"time"
)

// Scenarios returns all scenarios, the demo's first. Each takes at most 25 s.
// The caller may change what it gets.
func Scenarios() []Scenario {
	return slices.Concat(answerScenarios(), limitScenarios(), tokenScenarios())
}

// answerScenarios has one scenario of each kind of answer.
func answerScenarios() []Scenario {
	return []Scenario{
		{
			Name: "story",
			Says: "a gateway that has room for 45 sockets, and 60 users who come and go",
			Gateway: GatewayOptions{
				Cap: 45, RequireToken: true, CheckExpiry: true,
				AcceptLatency: 3 * ms, Jitter: 4 * ms,
			},
			Load: func() Load {
				l := comeAndGo(60, 5*time.Second)
				l.Duration = 16 * time.Second // with the time to compile all of it, the demo takes less than a minute
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"concurrency-cap"}, Scope: "global", Threshold: 45, Unit: "open sockets"},
		},
		{
			Name:    "cap-per-token",
			Says:    "12 sockets for each token, and three groups of users that share one each",
			Gateway: GatewayOptions{CapPerToken: 12, RequireToken: true, CheckExpiry: true},
			// Groups of unlike size: one is nearly always full, one sometimes, one
			// never, so the number of sockets in all says nothing.
			Load: func() Load {
				l := comeAndGo(42, 5*time.Second)
				l.TokenMode, l.Groups = TokenGroup, []int{20, 14, 8}
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"concurrency-cap"}, Scope: "token", Threshold: 12, Unit: "open sockets"},
		},
		{
			Name:    "token-expired",
			Says:    "tokens that live 6 s, and users who keep them for 9",
			Gateway: GatewayOptions{RequireToken: true, CheckExpiry: true, TokenLife: 6 * time.Second},
			Load:    reopen(9 * time.Second),
			Want:    Answer{Status: "determined", Causes: []string{"token-expired"}, Scope: "global", Threshold: 0, Unit: "s"},
		},
		{
			Name:    "token-too-old",
			Says:    "a gateway that takes tokens of up to 5 s only, though they say they live an hour",
			Gateway: GatewayOptions{RequireToken: true, CheckExpiry: true, MaxTokenAge: 5 * time.Second},
			Load:    reopen(8 * time.Second),
			Want:    Answer{Status: "determined", Causes: []string{"token-too-old"}, Scope: "global", Threshold: 5, Unit: "s"},
		},
		{
			Name:    "plain-ramp",
			Says:    "45 users get in and the later ones do not: a cap, a quota, an old token, an outage?",
			Gateway: GatewayOptions{Cap: 45, RequireToken: true, CheckExpiry: true},
			Load: Load{
				Threads: 75, RampUp: 12 * time.Second, Loops: 1, Hold: Fixed(time.Minute), Duration: 15 * time.Second,
				TokenMode: TokenShared, Seed: 1,
			},
			Want: Answer{Status: "undetermined", Causes: []string{"concurrency-cap", "quota", "token-too-old", "outage"}},
		},
		{
			Name:    "random",
			Says:    "8 upgrades in 100 are refused for no reason",
			Gateway: GatewayOptions{ErrorRate: 0.08, RequireToken: true, CheckExpiry: true},
			Load:    reopen(0),
			Want:    Answer{Status: "determined", Causes: []string{"random"}, Scope: "global"},
		},
		{
			Name:    "healthy",
			Says:    "nothing is refused",
			Gateway: GatewayOptions{RequireToken: true, CheckExpiry: true},
			Load: func() Load {
				l := comeAndGo(30, 3*time.Second)
				l.Duration = 10 * time.Second
				return l
			}(),
			Want: Answer{Status: "no-refusals"},
		},
		{
			Name:    "cap-linger",
			Says:    "room for 45 sockets, and a closed one is counted for 2 s more",
			Gateway: GatewayOptions{Cap: 45, Linger: 2 * time.Second, RequireToken: true, CheckExpiry: true},
			Load:    comeAndGo(60, 6*time.Second),
			Want:    Answer{Status: "determined", Causes: []string{"concurrency-cap"}, Scope: "global", Threshold: 45, Unit: "open sockets"},
		},
		{
			Name:    "quota",
			Says:    "50 upgrades in every 6 s, however many sockets are open",
			Gateway: GatewayOptions{Quota: 50, QuotaWindow: 6 * time.Second, RequireToken: true, CheckExpiry: true},
			Load:    reopen(0),
			Want:    Answer{Status: "determined", Causes: []string{"quota"}, Scope: "global", Threshold: 50, Unit: "upgrades"},
		},
		{
			Name:    "rate-limit",
			Says:    "12 upgrades a second, 15 at once",
			Gateway: GatewayOptions{RatePerSecond: 12, Burst: 15, RequireToken: true, CheckExpiry: true},
			Load:    reopen(0),
			Want:    Answer{Status: "determined", Causes: []string{"rate-limit"}, Scope: "global"},
		},
		{
			Name:    "outage",
			Says:    "everything is refused for 3 s, and nothing before or after",
			Gateway: GatewayOptions{OutageAfter: 9 * time.Second, OutageFor: 3 * time.Second, RequireToken: true, CheckExpiry: true},
			Load:    reopen(0),
			Want:    Answer{Status: "determined", Causes: []string{"outage"}, Scope: "global", Threshold: 9, Unit: "s"},
		},
		{
			Name: "token-missing",
			Says: "the token endpoint answers 429, and the load sends TOKEN_NOT_FOUND for a token",
			Gateway: GatewayOptions{
				RequireToken: true, CheckExpiry: true,
				Issuer: IssuerOptions{RatePerSecond: 8, Burst: 20},
			},
			Load: func() Load {
				l := reopen(0)
				l.TokenMode = TokenIteration
				return l
			}(),
			Want: Answer{Status: "determined", Causes: []string{"token-missing"}, Scope: "global"},
		},
		{
			Name: "in-band-cap",
			Says: "room for 45 sockets, and whoever comes next is answered 101 and sent away",
			Gateway: GatewayOptions{
				Cap: 45, RequireToken: true, CheckExpiry: true,
				InBand: &InBand{Code: 1013, Reason: "Too many connections", Message: `{"type":"error","message":"Too many connections"}`},
			},
			Load: comeAndGo(60, 6*time.Second),
			Want: Answer{Status: "determined", Causes: []string{"concurrency-cap"}, Scope: "global", Threshold: 45, Unit: "open sockets"},
		},
		{
			Name:    "few",
			Says:    "2 of 32 upgrades are refused, too few to say anything",
			Gateway: GatewayOptions{Cap: 30, RequireToken: true, CheckExpiry: true},
			Load: Load{
				Threads: 32, RampUp: 4 * time.Second, Loops: 1, Hold: Fixed(time.Minute), Duration: 6 * time.Second,
				TokenMode: TokenThread, Seed: 1,
			},
			Want: Answer{Status: "insufficient"},
		},
	}
}

const ms = time.Millisecond

// comeAndGo is a load whose threads hold sockets for a few seconds and soon come
// back, each with a token of its own that outlives the load.
func comeAndGo(threads int, rampUp time.Duration) Load {
	return Load{
		Threads: threads, RampUp: rampUp, Duration: 22 * time.Second,
		Hold:  Span{Min: 2 * time.Second, Max: 5 * time.Second},
		Pause: Span{Min: 200 * ms, Max: 1200 * ms},
		Ping:  time.Second, TokenMode: TokenThread, Seed: 1,
	}
}

// reopen is a load of short sockets whose threads keep their tokens for a while,
// 0 for ever. The ramp makes tokens of all ages meet at any time.
func reopen(refreshAfter time.Duration) Load {
	return Load{
		Threads: 30, RampUp: 6 * time.Second, Duration: 20 * time.Second,
		Hold:      Span{Min: 200 * ms, Max: 1200 * ms},
		Pause:     Span{Min: 200 * ms, Max: 800 * ms},
		TokenMode: TokenThread, RefreshAfter: refreshAfter, Seed: 1,
	}
}
