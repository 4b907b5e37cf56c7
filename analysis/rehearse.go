package analysis

import (
	"math"
	"slices"
)

// stage is the state of a gateway that has a candidate's mechanism and no other.
type stage struct {
	h    *hypothesis
	open map[int]int       // sockets by key
	held map[int]int       // socket to key, of those let in
	uses map[int]int       // upgrades let through, by token
	past map[int][]float64 // the times of those that count, by key
	bans map[int]float64   // until when, by key
	full map[int]float64   // level of the bucket at the last of past, by key
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
		since := math.Inf(-1)
		if h.window != nil {
			since = m.at - h.window.Value
		}
		return float64(g.since(h.keyOf(m), since)) >= h.threshold.Value
	},
	"rate-limit": func(h *hypothesis, g *stage, m move) bool {
		burst := 1.0
		if h.burst != nil {
			burst = h.burst.Value
		}
		return g.level(h.keyOf(m), m.at) > burst-1
	},
	"source-ban": func(h *hypothesis, g *stage, m move) bool {
		k := h.keyOf(m)
		switch {
		case h.window == nil:
			return false
		case m.at < g.bans[k]:
			return true
		case float64(g.since(k, m.at-h.window.Value)) < h.threshold.Value:
			return false
		}
		g.bans[k] = math.Inf(1)
		if h.lasts != nil {
			g.bans[k] = m.at + h.lasts.Value
		}
		return true
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

// since counts the upgrades under a key that were let through, or attempted if those
// count, after a moment.
func (g *stage) since(key int, from float64) int {
	past := g.past[key]
	i, _ := slices.BinarySearch(past, from)
	return len(past) - i
}

// level is that of the virtual queue which upgrades let through fill by one each and
// the rate of its mechanism empties.
func (g *stage) level(key int, now float64) float64 {
	past := g.past[key]
	if len(past) == 0 {
		return 0
	}
	return max(0, g.full[key]-g.h.threshold.Value*(now-past[len(past)-1]))
}

// rehearse plays an experiment against causes that act together and returns, for
// each part of it, the share of upgrades that would be refused.
func (s *study) rehearse(together []*hypothesis, x *experiment, p *plan) []float64 {
	var played []*stage
	passed := 1.0 // the share that those let through that cannot be played
	for _, h := range together {
		if mechanisms[h.cause.name] == nil || h.threshold == nil {
			passed *= 1 - h.cause.predict(s, h, x)
			continue
		}
		played = append(played, newStage(h, p.life))
	}
	shares, tried := make([]float64, len(p.parts)), make([]float64, len(p.parts))
	for _, m := range p.moves {
		if !m.opens {
			for _, g := range played {
				g.close(m.socket)
			}
			continue
		}
		tried[m.part]++
		if slices.ContainsFunc(played, func(g *stage) bool { return mechanisms[g.h.cause.name](g.h, g, m) }) {
			shares[m.part]++
			for _, g := range played {
				g.refuse(m)
			}
			continue
		}
		for _, g := range played {
			g.let(m)
		}
	}
	for i := range shares {
		shares[i] = 1 - passed*(1-shares[i]/max(1, tried[i]))
	}
	return shares
}

func newStage(h *hypothesis, life float64) *stage {
	return &stage{
		h: h, bans: map[int]float64{}, full: map[int]float64{}, open: map[int]int{}, held: map[int]int{}, uses: map[int]int{}, past: map[int][]float64{}, life: life,
	}
}

func (g *stage) let(m move) {
	k := g.h.keyOf(m)
	g.open[k]++
	g.held[m.socket] = k
	g.uses[m.token]++
	if g.h.cause == rateLimit {
		g.full[k] = g.level(k, m.at) + 1
	}
	g.past[k] = append(g.past[k], m.at)
}

// refuse counts a refused upgrade where attempts are counted.
func (g *stage) refuse(m move) {
	if k := g.h.keyOf(m); g.h.cause == quota && g.h.variant == countsAttempts {
		g.past[k] = append(g.past[k], m.at)
	}
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
