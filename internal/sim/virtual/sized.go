package virtual

import (
	"fmt"
	"math/rand/v2"

	"why403/capture"
)

// Sized returns a recording of about n attempts for benchmarks: several sources,
// clients and edges, tokens that are kept for a while, and a cap that refuses about
// a third.
func Sized(n int, seed uint64) *capture.Run {
	l := Load{Threads: 400, Over: 60, Hold: 8, Pause: 4}
	if n < 20_000 {
		l.Threads = 60
	}
	l.Until = l.Over/2 + float64(n)/(1.35*l.rate())
	s := Scene{
		Seed: seed, Loads: []Load{l},
		Network: Network{Way: 0.01, Jitter: 0.002, Skew: 0.7, Dates: 0.3},
		Gateway: Gateway{Work: 0.003, Rules: []Rule{Cap{N: l.Threads * 55 / 100}.Rule(), Chance(0.002)}},
		Cast: Cast{Sources: 4, Clients: 3, Subjects: 20, Edges: 3, Dress: func(r *rand.Rand, p *Person) {
			p.put("User-Agent", fmt.Sprintf("load/%d", r.IntN(3)))
			p.put("Origin", "https://app.example")
		}},
		Tokens: Tokens{Mode: PerThread, Renew: 300, Requests: true},
	}
	return s.Run()
}
