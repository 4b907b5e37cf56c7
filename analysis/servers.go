package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// Two servers behind one address that share upgrades out at random, each with a limit of
// its own, refuse as soon as the fuller one is full, and not all until both are. How many
// sockets each holds is not seen: it is a hidden state, summed over by the forward
// algorithm. While they fill up the first time, they look like one limit of twice as many;
// each place that is given back and taken again tells more, since it goes to the server
// that has room every other time only.

// servers are two that keep a limit each.
type servers struct {
	logEv float64 // over the limits, priors apart
	each  int     // the most likely limit
	all   []moment
	lean  float64 // how often attempts that could go either way go as they lean
}

const (
	// roomBeyond is by how many sockets a server may have been seen to be over its limit, as
	// attempts are counted in another order than they were decided in.
	roomBeyond = 4
	// surelyOne is how many times as probable as under two servers the outcomes must be
	// under a cause before this is determined.
	surelyOne = 100
)

// servers weighs every limit that two servers may have; nil if there are keys, if so much
// was recorded that it would take long, or if no limit explains nearly as much as one of all does.
func (f *capFit) servers(one *hypothesis) *servers {
	if f.s.forced != nil || f.s.beginning != nil || f.part.N > 1 {
		return nil
	}
	open := f.s.table.Open(f.part.Labels, f.part.N, f.plain[f.best].reading, 0)
	defer f.s.table.Recycle(open)
	most := f.s.mostLetIn(open)
	if len(open.Mid)*most > mostDriftWork {
		return nil
	}
	all, mass := f.moments(open), evidence.Counts(mostSockets)
	lean := leanOf(all, f.plain[f.best].result.Best.UpTo)
	for i := range all {
		all[i].setLikes(lean)
	}
	d, best, reached := &servers{all: all, lean: lean}, math.Inf(-1), one.logLik
	var terms []float64
	for each := max(1, most/2-roomBeyond); each <= most+1; each++ {
		log := sharedOut(all, each, reached-hopelessDrift)
		terms = append(terms, log+math.Log(mass(float64(each)-1, float64(each))))
		if log > best {
			best, d.each = log, each
		}
		reached = max(reached, log)
	}
	if math.IsInf(best, -1) {
		return nil
	}
	d.logEv = floats.LogSumExp(terms) + f.keyless()
	return d
}

// leanOf is how often attempts that could go either way under one limit went as they lean: then they are
// no worse explained by two.
func leanOf(all []moment, limit float64) float64 {
	right, n := 0.0, 0.0
	for i := range all {
		m := &all[i]
		if m.close || m.lo >= limit || m.hi < limit {
			continue
		}
		n++
		if m.refused == (m.mid >= limit) {
			right++
		}
	}
	return min(max(evenly, (right+0.5)/(n+1)), 1-slipRate)
}

// inFull is the log likelihood under the most likely limit with each attempt in full.
func (d *servers) inFull() float64 {
	all := slices.Clone(d.all)
	for i := range all {
		all[i].weight = 1
		all[i].setLikes(d.lean)
	}
	return sharedOut(all, d.each, math.Inf(-1))
}

// mostLetIn is how many sockets were open, at most, when an upgrade was let through.
func (s *study) mostLetIn(open evidence.Range) int {
	most := 0
	for i, v := range open.Mid {
		if !s.table.Refused[i] {
			most = max(most, int(v))
		}
	}
	return most
}

// sharedOut sums the likelihood over how many of the open sockets the first of two servers
// may hold; it gives up once it is below hopeless.
func sharedOut(all []moment, each int, hopeless float64) float64 {
	first, next := make([]float64, each+roomBeyond+1), make([]float64, each+roomBeyond+1)
	first[0] = 1
	open, log := 0, 0.0
	for i := range all {
		switch m := &all[i]; {
		case m.close && open > 0:
			giveBack(first, next, open)
			open--
		case m.close:
			continue
		default:
			log += math.Log(decide(m, each, open, first, next))
			if !m.refused {
				open++
			}
		}
		if first, next = next, first; !(log >= hopeless) {
			return math.Inf(-1)
		}
	}
	return log
}

// giveBack closes any of the open sockets.
func giveBack(first, next []float64, open int) {
	clear(next)
	for a, p := range first {
		of := min(float64(a)/float64(open), 1)
		next[a] += p * (1 - of)
		if a > 0 {
			next[a-1] += p * of
		}
	}
}

// decide sends an upgrade to either server, and returns the likelihood of what became of it.
func decide(m *moment, each, open int, first, next []float64) float64 {
	clear(next)
	sum := 0.0
	for a, p := range first[:min(open+1, len(first))] {
		toFirst := p / 2 * m.like(float64(each)+m.mid-float64(a))
		toSecond := p / 2 * m.like(float64(each)+m.mid-float64(open-a))
		sum += toFirst + toSecond
		if m.refused {
			next[a] += toFirst + toSecond
			continue
		}
		next[min(a+1, len(first)-1)] += toFirst
		next[a] += toSecond
	}
	floats.Scale(1/sum, next)
	return sum
}

// maybeServers reports whether two servers with a limit each account for the outcomes about as
// well as a hypothesis.
func (s *study) maybeServers(h *hypothesis) bool {
	if s.servers == nil || len(h.parts) > 0 {
		return false
	}
	prior := math.Log(h.cause.prior)
	if h.cause.keyed {
		prior += math.Log(scopeShare(h))
	}
	return s.trust()*(h.logEvidence-prior-s.servers.logEv) < math.Log(surelyOne)
}
