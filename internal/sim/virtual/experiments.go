package virtual

// Experiment returns a scene in which the load is followed by one of the
// experiments that the analysis proposes, by its name there; limit and upgrades are
// the numbers of sockets and upgrades it suspects, 0 if none. The gateway is the same and keeps its state.
func (s Scene) Experiment(name string, limit, upgrades int) (Scene, bool) {
	first := s.Loads[0]
	if limit == 0 {
		limit = first.Threads / 2
	}
	second, ok := first.experiment(name, limit, max(limit, upgrades), s.Tokens, s.Cast)
	s.Loads = []Load{first, second}
	return s, ok
}

func (l Load) experiment(name string, limit, upgrades int, tokens Tokens, cast Cast) (Load, bool) {
	below := max(1, limit*8/10)
	switch name {
	case "fresh token for each upgrade":
		tokens.Mode = Fresh
		l.Tokens = &tokens
	case "close a third and reopen":
		l.Reopen, l.Away = l.Over+10, l.Over/2
		l.Until = l.Reopen + l.Away + 30
	case "hold just below the suspected limit":
		l.Threads, l.Late = below, max(1, below/8)
		l.Until = 1.5*l.Until + 30
		l.Over = min(l.Over, 30)
	case "open and close below the suspected limit":
		l.Threads, l.Hold, l.Pause, l.Once = below, 5, 0.5, false
		l.Over = min(l.Over, 30)
		l.Until = l.Over + 5.5*float64(2+3*upgrades/(2*below))
	case "slower ramp":
		l.Over, l.Until = 3*l.Over, 3*l.Until
	case "faster ramp":
		l.Over, l.Until = l.Over/3, l.Until/3+1
	case "slower ramp, then reopen thirds":
		l.Over *= 2
		l.Away, l.Rounds = l.Over/4, 5
		l.Reopen, l.Renewed, l.Until = l.Over+10, l.Over+10, 1.25*l.Over+66
	case "half the pace, and a few with fresh tokens":
		l.Over, l.Until, l.Hold, l.Pause = 2*l.Over, 2*l.Until, 2*l.Hold, 2*l.Pause
		l.Sampled = 8
	case "let tokens rest, then use them again":
		tokens.Renew = 0
		l.Tokens = &tokens
		l.Uses = min(upgrades, 9) + 1
		l.Rest, l.Until = l.Until, 2.5*l.Until+40
	case "old tokens at low load":
		tokens.AgeFirst, tokens.Aged = 1.5*l.Until, true
		l.Tokens = &tokens
		l.Threads, l.Over = max(5, limit/10), 30
		l.Until = 60
	case "the same load, and a few from a second address":
		l.Until *= 1.5
		cast.split(name)
		l.Cast = &cast
	case "two client ids", "two source addresses", "one gateway address":
		cast.split(name)
		l.Cast = &cast
	default:
		return l, false
	}
	return l, true
}

// split divides a cast as an experiment wants it.
func (c *Cast) split(experiment string) {
	switch experiment {
	case "two client ids":
		c.Clients = 2 * max(1, c.Clients)
	case "two source addresses":
		c.Sources = 2 * max(1, c.Sources)
	case "the same load, and a few from a second address":
		c.Elsewhere = 8
	default:
		c.Edges = 1
	}
}
