package analysis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// sourceBan refuses everything of a source for some time once it has made too many
// attempts within a window. A ban that renews starts again with every attempt.
//
// That all refusals lie in stretches of one length is one thing, that each stretch
// begins when its source has been too fast is another: they are weighed apart, so that
// the many refusals within stretches cannot outvote the few that begin them. The first
// without the second is unknown's.
var sourceBan = &cause{
	name:    "source-ban",
	counts:  true,
	prior:   0.05,
	weigh:   weighBan,
	wave:    searchesFar,
	says:    saysBan,
	story:   storyBan,
	do:      doBan,
	refute:  refuteBan,
	predict: predictBan,
	proven:  provenBan,
	words:   []string{"banned", "blocked", "blacklist", "blocklist", "temporarily blocked", "ip address has been"},
}

// banKeys are the keys that bans are kept under.
var banKeys = []string{"source", "client"}

// banKeyShare is the prior of each.
var banKeyShare = []float64{0.8, 0.05}

// The ranges of what a ban's length and its window are, in seconds.
const (
	leastBan, mostBan             = 0.5, 24 * 3600
	leastBanWindow, mostBanWindow = 0.5, 600
)

func weighBan(s *study) []*hypothesis {
	var hs []*hypothesis
	causeless := []float64{math.Inf(-1)}
	for _, p := range s.parts {
		if k := slices.IndexFunc(banKeys, func(k string) bool { return p.Scope == k || slices.Contains(p.Equivalent, k) }); k >= 0 {
			h := fitBan(s, p, banKeys[k])
			if l := s.lockout(p, banKeys[k]); l != nil && l.logEvidence > h.logEvidence {
				h = l
			}
			h.logEvidence += math.Log(banKeyShare[k])
			causeless = append(causeless, h.causeless+math.Log(banKeyShare[k]))
			hs = append(hs, h)
		}
	}
	for _, h := range hs {
		h.causeless = floats.LogSumExp(causeless)
	}
	return hs
}

// fewestBans is how many bans must be seen to begin with too many upgrades before
// the rule is more than a coincidence, in one recording or in several that repeat it;
// mostAstray the share of those beginnings, and of the attempts that should have been
// one, that may go another way.
const (
	fewestBans     = 3
	fewestRepeated = 2
	mostAstray     = 0.2
)

// provenBan reports whether the rule that starts bans was seen at work: often, and
// with few bans beside it. Stretches of refusals that are equally long are not enough,
// a count that is refreshed now and then makes them too.
func provenBan(s *study, h *hypothesis) bool {
	b := h.starts
	return (b.triggered >= fewestBans || b.triggered >= fewestRepeated && s.repeated(h)) &&
		float64(b.untriggered) <= mostAstray*float64(b.triggered) &&
		float64(b.forgiven) <= mostAstray*float64(b.triggered)
}

func saysBan(s *study, h *hypothesis) string {
	what, renews := banWords(h)
	return fmt.Sprintf("After %s within %s the gateway refuses everything%s with %s for %s%s.", plural(int(h.threshold.Value)+1, what),
		seconds(h.window.Value), of(h.scope), s.majority, seconds(h.lasts.Value), renews)
}

// banWords returns what begins a ban if there is too much of it, and whether attempts renew it.
func banWords(h *hypothesis) (what, renews string) {
	if h.variant == afterRefusals {
		return afterRefusals + " upgrade", ""
	}
	return "upgrade", h.variant
}

// of returns " of that source address".
func of(scope string) string {
	return " of that " + map[string]string{"source": "source address", "client": "client id"}[scope] + map[bool]string{true: scope}[scope != "source" && scope != "client"]
}

func storyBan(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return fmt.Sprintf("no refusals%s come in stretches of one length", per(h.scope))
	}
	what, _ := banWords(h)
	return verdictOn(fmt.Sprintf("a ban of %s after more than %s within %s%s", seconds(h.lasts.Value), plural(int(h.threshold.Value), what),
		seconds(h.window.Value), per(h.scope)), h, s)
}

func doBan(_ *study, h *hypothesis) []string {
	first := fmt.Sprintf("Stay under %s within %s%s, retries included.", plural(int(h.threshold.Value), "upgrade"), seconds(h.window.Value), per(h.scope))
	if h.variant == afterRefusals {
		first = "End the other cause first: its refusals set this one off."
	}
	return []string{
		first,
		fmt.Sprintf("After a refusal wait %s before anything is tried again from there.", seconds(h.lasts.High)),
		"Ask the gateway's owner to exempt the load generators, or spread the load over more of them.",
	}
}

func refuteBan(_ *study, h *hypothesis) string {
	before := "a burst"
	if h.variant == afterRefusals {
		before = "so many refusals"
	}
	return fmt.Sprintf("An upgrade accepted%s within %s of a refusal, or a first refusal without %s before it.", of(h.scope), seconds(h.lasts.Low), before)
}

func predictBan(s *study, _ *hypothesis, x *experiment) float64 {
	switch x.name {
	case belowLimit, slowRamp:
		return 0.02
	}
	return s.share()
}
