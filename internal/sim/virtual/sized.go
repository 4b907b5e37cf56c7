package virtual

import (
	"fmt"
	"math/rand/v2"

	"why403/capture"
)

// SizedShapes are the shapes of [Sized]: what refuses differs, and with it what a
// diagnosis has to try.
var SizedShapes = []string{"cap", "bucket", "expired", "random", "mixture"}

// Sized returns a recording of about n attempts for benchmarks, with several
// sources, clients and edges:
//
//   - cap: tokens that are kept for a while, and a cap that refuses about a third;
//   - bucket: the same load, and a rate limit that refuses about a sixth;
//   - expired: the same load with tokens that are kept for longer than they live, now and then;
//   - random: the same load, and a tenth refused whatever it is;
//   - mixture: 10,000 tokens, a cap on one of the clients and tokens that expire.
func Sized(shape string, n int, seed uint64) *capture.Run {
	l := Load{Threads: 400, Over: 60, Hold: 8, Pause: 4}
	if n < 20_000 {
		l.Threads = 60
	}
	s := Scene{
		Seed:    seed,
		Network: Network{Way: 0.01, Jitter: 0.002, Skew: 0.7, Dates: 0.3},
		Gateway: Gateway{Work: 0.003},
		Cast: Cast{Sources: 4, Clients: 3, Subjects: 20, Edges: 3, Dress: func(r *rand.Rand, p *Person) {
			p.put("User-Agent", fmt.Sprintf("load/%d", r.IntN(3)))
			p.put("Origin", "https://app.example")
		}},
		Tokens: Tokens{Mode: PerThread, Renew: 300, Requests: true},
	}
	few := Chance(0.002)
	full := 1.0 // how much of the load's rate there will be, since refused sockets are not held
	switch shape {
	case "cap":
		s.Gateway.Rules = []Rule{Cap{N: l.Threads * 55 / 100}.Rule(), few}
		full = 1.35
	case "bucket":
		s.Gateway.Rules = []Rule{Bucket(0.9*l.rate(), 20, Global), few}
		full = 1.12
	case "expired":
		s.Tokens.Life, s.Tokens.Renew = 340, 300
		s.Gateway.Rules = []Rule{Expired(5), few}
		full = 1.1
	case "random":
		s.Gateway.Rules = []Rule{Chance(0.1)}
		full = 1.07
	case "mixture":
		l.Hold, l.Pause = 80, 40
		l.Threads = min(4000, max(60, n/100))
		s.Tokens.Life = 0.4 * 100 * (l.Hold + l.Pause)
		s.Tokens.Renew = s.Tokens.Life
		s.Gateway.Rules = []Rule{Cap{N: l.Threads / 6, Key: PerClient}.Rule(), Expired(5), few}
		full = 1.3
	}
	l.Until = l.Over/2 + float64(n)/(full*l.rate())
	s.Loads = []Load{l}
	return s.Run()
}
