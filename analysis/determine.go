package analysis

import (
	"math"
	"slices"
)

// determines reports whether a cause can be named without a guess: probable
// enough, explaining enough, and, where the tokens of many attempts were not seen,
// right about nearly every one, since a cause kept under the token could then show
// as any other.
func (s *study) determines(c candidate, all []candidate) bool {
	h := c.best
	if c.probability < s.sureEnough() || h.cause == unknown || h.predicted == nil || s.noneAccepted() {
		return false
	}
	if s.rivalled(c, all) || s.maybeServers(h) || len(c.twins()) > 0 || !s.proven(h) || !s.eachReached(h) || s.keptElsewhere(h) != nil {
		return false
	}
	if !s.explains(h) {
		return false
	}
	if s.tokensUnseen() {
		wrong := float64(h.counts.N10+h.counts.N01) / float64(len(s.table.Attempts))
		return !h.soft && wrong <= 0.02
	}
	return true
}

// proven reports whether each cause of a hypothesis shows what only it does. An outage by itself
// leaves hardly a refusal over: what is refused before it may have set it off, as it does a breaker. One
// beside another cause, but chance, need not begin below the height of the load, if it ends: a limit keeps it there. One
// that lasts until the end may as well be a limit that was lowered; one that was not seen to
// begin is what the limit had counted before.
func (s *study) proven(h *hypothesis) bool {
	_, begin := s.carriedOver(h)
	return !slices.ContainsFunc(h.single(), func(part *hypothesis) bool {
		if part.cause == outage && part == h && !s.nearlyRight(h) {
			return true
		}
		if part != h && part.cause == outage && h.butChance() == h {
			return part.variant == untilEnd || part != begin && s.maybeCarried(h, part)
		}
		if part != h && part.cause == randomRefusal {
			return false // it is named where what is left over is of chance
		}
		if part != h && h.setsOffItself(part) {
			return true
		}
		beside := s.besides(h, part)
		if part != h && (!s.filledBeside(part) || !beside.leftAlone(part)) {
			return true
		}
		return part.cause.proven != nil && !part.cause.proven(beside, part)
	})
}

// setsOffItself reports whether a ban begins with each refusal of a limit beside it: a limit that
// lets nobody in again until it has emptied for a while looks so.
func (h *hypothesis) setsOffItself(ban *hypothesis) bool {
	return ban.variant == afterRefusals && ban.threshold.Value == 0 && slices.ContainsFunc(h.parts, func(o *hypothesis) bool {
		return o != ban && slices.Contains(counting, o.cause)
	})
}

// besides returns the study of one of two causes, to which what the other foretells says nothing.
func (s *study) besides(h, part *hypothesis) *study {
	if part == h {
		return s
	}
	g := *s
	g.forced = make([]bool, len(part.predicted))
	for i := range g.forced {
		g.forced[i] = slices.ContainsFunc(h.parts, func(o *hypothesis) bool { return o != part && o.calls() && o.predicted[i].refuses() })
	}
	return &g
}

// explains reports whether a hypothesis accounts for the outcomes well enough to
// be named: for most refusals, and wrong about few of those that it would have
// accepted, of those that it would have refused, and of those that were accepted. Where
// it is not, it may be one cause of two, or look like another.
func (s *study) explains(h *hypothesis) bool {
	c := h.counts
	return float64(c.N11) >= explainsLeast*float64(s.refused) &&
		float64(c.N01) <= mostMissed*float64(c.N01+c.N00) &&
		(float64(c.N10) <= h.mostWrongRefusals()*float64(c.N10+c.N00) || s.sparesByChance(h)) &&
		(h.refusesInPart() || c.mostlyRefused()) && !h.outrun() &&
		(h.soft || float64(c.Either) <= mostUnsure*float64(len(s.table.Attempts)) || s.leansRight(h))
}

// leansRight reports whether a hypothesis is as right where the recording cannot tell on which side
// of it an attempt fell, if each fell on the likelier.
func (s *study) leansRight(h *hypothesis) bool {
	var c Counts
	for i, f := range h.predicted {
		switch refused := s.table.Refused[i]; {
		case f.refuses() && refused:
			c.N11++
		case f.refuses():
			c.N10++
		case refused:
			c.N01++
		default:
			c.N00++
		}
	}
	return float64(c.N11) >= explainsLeast*float64(s.refused) && c.mostlyRefused() &&
		float64(c.N01) <= mostMissed*float64(c.N01+c.N00) && float64(c.N10) <= mostWrong*float64(c.N10+c.N00)
}

// foretells reports whether a hypothesis is wrong about no more attempts than a
// twentieth of the refusals.
func (s *study) foretells(h *hypothesis) bool {
	c := h.counts
	return h.calls() && h.cause != unknown && s.explains(h) && float64(c.N10+c.N01) <= mostWrong*float64(s.refused)
}

// mostWrongRefusals is the share of the accepted that a hypothesis may have refused.
func (h *hypothesis) mostWrongRefusals() float64 {
	if h.refusesInPart() {
		return mostSpared
	}
	return mostWrong
}

// outrun reports whether two limits would have refused more of what was accepted than slips
// do: accidents refuse, and let nothing through, and a second limit can be had for whatever the
// first leaves over.
func (h *hypothesis) outrun() bool {
	if len(h.parts) == 0 || slices.ContainsFunc(h.parts, func(part *hypothesis) bool { return !slices.Contains(counting, part.cause) }) {
		return false
	}
	return float64(h.counts.N10) > fewestMistakes+pairWrong*float64(h.counts.N10+h.counts.N00)
}

// pairWrong is the share of the accepted that two limits may have refused.
const pairWrong = 0.02

// sparesByChance reports whether an attribute refuses most of what it is about, and chance
// decides which.
func (s *study) sparesByChance(h *hypothesis) bool {
	return h.cause == attribute && len(h.parts) == 0 && h.counts.N11 > h.counts.N10 && s.byChance(h.predicted)
}

// refusesInPart reports whether a hypothesis may refuse some of what it is about and let
// others through, as an attribute may.
func (h *hypothesis) refusesInPart() bool {
	return slices.ContainsFunc(h.single(), func(part *hypothesis) bool { return part.cause == attribute })
}

// rival is the probability from which on a cause that decides every attempt alike, or is
// wrong about as few of them, keeps another from being determined: nothing but the priors
// speaks for one of them. At any probability but none it is one if it is wrong about clearly
// fewer, and what refuses in one stretch of time is to all that looks the same there: a single
// ban; bans of which one ended, and an outage, to a quota; a quota to an outage, and to a limit
// that counts closed sockets on; anything to a quota that filled up once, and to an expiry of
// which one moment tells; a limit to a property that takes turns with the load.
const (
	rival       = 0.015
	remoteRival = 1e-6
)

func (s *study) rivalled(c candidate, all []candidate) bool {
	once := s.expiredOnce(c.best.butChance()) || s.filledOnce(c.best.butChance())
	return c.best.calls() && slices.ContainsFunc(all, func(o candidate) bool {
		if o.best == c.best || !o.best.calls() {
			return false
		}
		if c.best.simply(o.best) && o.probability >= rival && s.explains(o.best) {
			return true
		}
		least := rival
		other := o.best.butChance()
		if once || other.singleBan() || c.best.cause == quota && other.endsOnce() || c.best.cause == outage && o.best.cause == quota || c.best.cause == attribute && slices.Contains(counting, o.best.cause) {
			least = remoteRival
		}
		return o.probability >= least && alike(o.best.predicted, c.best.predicted) ||
			o.probability >= remoteRival && (c.best.likeWindow(o.best) || c.best.likeBan(o.best) || c.best.likeBanBeside(other) || s.withinWindow(c.best, o.best)) ||
			c.best.likeOpen(o.best) ||
			!o.best.includesAll(c.best) && o.probability >= leastRival(o.best.counts, c.best.counts)
	})
}

// simply reports whether one of two causes may do alone.
func (h *hypothesis) simply(o *hypothesis) bool {
	return len(h.parts) > 0 && len(o.parts) == 0 && h.includes(o.cause)
}

// likeBan reports whether bans are wrong about no more than an outage: an answer that was
// overtaken makes two bans of one, and of one nobody knows what began it.
func (h *hypothesis) likeBan(o *hypothesis) bool {
	return h.cause == outage && o.cause == sourceBan && o.calls() && o.counts.wrong() <= h.counts.wrong()
}

// slipsFromBan reports whether nothing but slips tells an outage from bans, of which an answer
// that was overtaken may hide the beginning.
func (h *hypothesis) slipsFromBan(o *hypothesis) bool {
	return h.cause == outage && o.cause == sourceBan && o.calls() && o.counts.wrong() < h.counts.wrong()+fewestMistakes
}

// likeBanBeside reports whether bans of which one was seen to end decide as a quota does, but for
// what another cause beside the quota refuses, which may have set them off, and an attempt where
// each begins.
func (h *hypothesis) likeBanBeside(o *hypothesis) bool {
	if len(h.parts) == 0 || !h.includes(quota) || !o.endsOnce() {
		return false
	}
	otherwise := 0
	for i := range h.predicted {
		beside := func(part *hypothesis) bool { return part.cause != quota && part.predicted[i].refuses() }
		if h.predicted[i].contradicts(o.predicted[i]) && !slices.ContainsFunc(h.parts, beside) {
			otherwise++
		}
	}
	return otherwise <= o.starts.triggered+o.starts.untriggered
}

// likeWindow reports whether slips alone tell a limit that counts closed sockets on from a
// quota: where sockets do not last, it counts upgrades within a time as well.
func (h *hypothesis) likeWindow(o *hypothesis) bool {
	return h.cause == concurrencyCap && h.linger != nil && o.cause == quota && o.window != nil &&
		o.counts.wrong() < h.counts.wrong()+fewestMistakes
}

// likeOpen reports whether a limit on open sockets is as high as a quota, and wrong about no more: where
// all sockets are open for the window's length, each opens when it counts and closes when it no longer
// does, and how well either accounts for the moments between is a matter of the network.
func (h *hypothesis) likeOpen(o *hypothesis) bool {
	return h.cause == quota && h.window != nil && o.cause == concurrencyCap && o.drift == nil && len(h.parts) == 0 && len(o.parts) == 0 &&
		o.scope == h.scope && o.threshold.Value == h.threshold.Value && o.counts.wrong() <= h.counts.wrong()
}

// withinWindow reports whether slips alone tell a bucket from a quota of whose window no more was
// seen than one after it filled up: as its first upgrades leave it, it lets others through as
// steadily as these came.
func (s *study) withinWindow(h, o *hypothesis) bool {
	if h.cause != rateLimit || o.cause != quota || o.window == nil || o.counts.wrong() >= h.counts.wrong()+fewestMistakes {
		return false
	}
	first := slices.Index(s.table.Refused, true)
	return s.span()-s.since(s.table.Attempts[first].Answered) < o.window.Value
}

// leastRival is the probability from which on a cause is a rival that is wrong about other
// attempts than another.
func leastRival(c, other Counts) float64 {
	wrong, chance := float64(other.wrong()), math.Sqrt(float64(other.wrong()))
	switch of := float64(c.wrong()); {
	case of <= wrong-max(fewestMistakes, chance):
		return remoteRival
	case of <= wrong+chance:
		return rival
	}
	return math.Inf(1)
}

// includes reports whether a cause is one of those of a hypothesis.
func (h *hypothesis) includes(c *cause) bool {
	return slices.ContainsFunc(h.single(), func(part *hypothesis) bool { return part.cause == c })
}

// includesAll reports whether every cause of another hypothesis is one of those of a hypothesis.
func (h *hypothesis) includesAll(o *hypothesis) bool {
	return !slices.ContainsFunc(o.single(), func(part *hypothesis) bool { return !h.includes(part.cause) })
}

// mostlyRefused reports whether as large a share was refused of those that were to be as of
// the refusals must be explained.
func (c Counts) mostlyRefused() bool { return float64(c.N11) >= explainsLeast*float64(c.N11+c.N10) }

// wrong is how many attempts went another way.
func (c Counts) wrong() int { return c.N10 + c.N01 }

// singleBan reports whether a hypothesis is of one ban that was seen to end.
func (h *hypothesis) singleBan() bool {
	return h.endsOnce() && h.starts.triggered+h.starts.untriggered == 1
}

// endsOnce reports whether a hypothesis is of bans of which one was seen to end: what
// ends once may have any length.
func (h *hypothesis) endsOnce() bool {
	return len(h.parts) == 0 && h.cause == sourceBan && h.starts.ended == 1
}

// alike reports whether two predictions contradict each other nowhere.
func alike(p, q prediction) bool {
	for i := range p {
		if p[i].contradicts(q[i]) && !p[i].unsure() && !q[i].unsure() {
			return false
		}
	}
	return true
}

// tokensUnseen reports whether the token of more than a fifth of the attempts is
// not known.
func (s *study) tokensUnseen() bool {
	unseen := s.withoutToken()
	return 5*unseen > len(s.table.Attempts)
}

func (s *study) withoutToken() int {
	n := 0
	for i := range s.table.Attempts {
		if s.table.Attempts[i].Upgrade.Token() == "" {
			n++
		}
	}
	return n
}
