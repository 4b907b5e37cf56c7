package analysis

import (
	"math"
)

// stage is the state of a gateway that has a candidate's mechanism and no other.
type stage struct {
	open map[int]int       // sockets by key
	held map[int]int       // socket to key, of those let in
	uses map[int]int       // upgrades let through, by token
	past map[int][]float64 // their times, by key
	life float64           // of tokens, seconds
}

// mechanism reports whether the cause would refuse an upgrade.
type mechanism func(h *hypothesis, g *stage, m move) bool

// mechanisms are the causes that can be played; the others predict a share.
var mechanisms = map[string]mechanism{
	"concurrency-cap": func(h *hypothesis, g *stage, m move) bool {
		return float64(g.open[h.keyOf(m)]) >= h.threshold.Value
	},
	"quota": func(h *hypothesis, g *stage, m move) bool {
		return float64(len(g.past[h.keyOf(m)])) >= h.threshold.Value
	},
	"token-expired": func(h *hypothesis, g *stage, m move) bool { return m.age >= g.life+h.threshold.Value },
	"token-too-old": func(h *hypothesis, g *stage, m move) bool { return m.age >= h.threshold.Value },
	"token-overused": func(h *hypothesis, g *stage, m move) bool {
		return float64(g.uses[m.token]) >= h.threshold.Value
	},
	"outage": func(*hypothesis, *stage, move) bool { return false },
}

// keyOf returns the number of the key that a move falls under.
func (h *hypothesis) keyOf(m move) int {
	switch h.scope {
	case "token":
		return m.token
	case "client", "subject", "organisation":
		return m.client
	case "source":
		return m.source
	case "edge", "host":
		return m.edge
	}
	return 0
}

// rehearse plays an experiment against a candidate and returns, for each part of it,
// the share of upgrades that would be refused.
func (s *study) rehearse(h *hypothesis, x *experiment, p *plan) []float64 {
	play := mechanisms[h.cause.name]
	shares := make([]float64, len(p.parts))
	if play == nil || h.threshold == nil {
		for i := range shares {
			shares[i] = h.cause.predict(s, h, x)
		}
		return shares
	}
	g := &stage{open: map[int]int{}, held: map[int]int{}, uses: map[int]int{}, past: map[int][]float64{}, life: s.usualLife()}
	tried := make([]float64, len(p.parts))
	for _, m := range p.moves {
		if !m.opens {
			g.close(m.socket)
			continue
		}
		tried[m.part]++
		if play(h, g, m) {
			shares[m.part]++
			continue
		}
		g.let(h, m)
	}
	for i := range shares {
		shares[i] /= max(1, tried[i])
	}
	return shares
}

func (g *stage) let(h *hypothesis, m move) {
	k := h.keyOf(m)
	g.open[k]++
	g.held[m.socket] = k
	g.uses[m.token]++
	g.past[k] = append(g.past[k], m.at)
}

func (g *stage) close(socket int) {
	if k, open := g.held[socket]; open {
		g.open[k]--
		delete(g.held, socket)
	}
}

// usualLife is the median time from issue to expiry of the tokens, in seconds;
// infinite if none is known.
func (s *study) usualLife() float64 {
	var lives []float64
	for i := range s.table.Attempts {
		if t := s.table.Attempts[i].Token; t != nil && t.Issued.Seen() && t.Expires.Seen() {
			lives = append(lives, t.Expires.Sub(t.Issued).Seconds())
		}
	}
	if len(lives) == 0 {
		return math.Inf(1)
	}
	return medianOf(lives)
}
