package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// twins are the hypotheses of a candidate's cause under other scopes that decide every
// attempt as its best one does, by another limit: where the keys of a scope fill up in
// step, two limits of 53 look like one of 106.
func (c candidate) twins() []*hypothesis {
	return slices.DeleteFunc(c.sameUnderOthers(), c.limitsAlike)
}

// equivalent are the scopes that nothing tells from that of the best: its keys', and those
// under which the same limit decides every attempt alike, since no two keys filled at a time.
func (c candidate) equivalent() []string {
	scopes := slices.Clone(c.best.equivalent)
	for _, h := range c.sameUnderOthers() {
		if c.limitsAlike(h) {
			scopes = append(scopes, h.scope)
		}
	}
	return scopes
}

// limitsAlike reports whether two limits are the same but for the attempts that came too
// near to tell; those of keys that fill up in step are at most half of that of all.
func (c candidate) limitsAlike(h *hypothesis) bool {
	const near = 0.1
	return math.Abs(h.threshold.Value-c.best.threshold.Value) <= near*c.best.threshold.Value
}

func (c candidate) sameUnderOthers() []*hypothesis {
	if len(c.best.parts) > 0 || !c.best.calls() || c.best.threshold == nil {
		return nil
	}
	var list []*hypothesis
	for _, h := range c.others {
		if h.probability >= rival*c.probability && h.calls() && h.threshold != nil && alike(h.predicted, c.best.predicted) {
			list = append(list, h)
		}
	}
	return list
}

// saysTwins says between which scopes the recording leaves the choice.
func (s *study) saysTwins(c candidate, twins []*hypothesis) string {
	named := func(h *hypothesis) string {
		under := per(h.scope)
		if under == "" {
			under = " for all"
		}
		return fmt.Sprintf("one of %s%s", figure(h.threshold.Value), under)
	}
	return fmt.Sprintf("%s (%s), but whether it is %s or %s cannot be told: each would have refused the same upgrades.",
		sentenceCase(c.best.phrase()), percent(c.probability), named(c.best), named(twins[0]))
}

// oneKey is the experiment that tells scopes apart whose keys filled up in step.
func (s *study) oneKey(lead candidate, twins []*hypothesis) *Experiment {
	narrow := twins[0]
	if narrow.scope == "global" {
		narrow = lead.best
	}
	return &Experiment{
		Name: "one key alone",
		Why:  "The load was shared out so evenly that a limit kept" + per(narrow.scope) + " and one for all were reached together.",
		Do: []string{
			fmt.Sprintf("Run the same plan with all threads under one %s.", narrow.key()),
			fmt.Sprintf("Look at which number refusals begin: at %s, the limit is kept%s; at as many as before in all, it is one for all.", figure(narrow.threshold.Value), per(narrow.scope)),
		},
		Predictions: map[string]float64{},
	}
}

// key is what a limit is kept under, in a sentence.
func (h *hypothesis) key() string { return strings.TrimPrefix(per(h.scope), " per ") }
