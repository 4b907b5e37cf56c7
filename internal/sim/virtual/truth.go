package virtual

import (
	"slices"
	"strings"

	"why403/capture"
)

// Kind is what an analysis can know of a family's runs.
type Kind string

const (
	Identifiable Kind = "identifiable" // the cause must be determined
	Foreign      Kind = "foreign"      // outside the vocabulary: no cause but Allowed may be determined
	Confounded   Kind = "confounded"   // undetermined, with the true cause among the candidates
	Open         Kind = "open"         // determined and right, or undetermined with the true cause named
	Few          Kind = "few"          // insufficient
	None         Kind = "none"         // no refusals
)

// Truth is what happened in a run.
type Truth struct {
	Kind    Kind
	Causes  []Want   // Identifiable: all of them; Confounded: the true one
	Allowed []string // Foreign: causes whose name is no error
}

// Want is one true cause.
type Want struct {
	Cause  string
	Scopes []string // any of them is right; nil: not checked
	// Value is the threshold, with the slack of what counts as exact; beside it
	// 2 % are always allowed. 0 is checked only with a Slack.
	Value, Slack float64
	Names        []string // of the attribute, any is right
	Of           string   // the attribute's value
}

// Family draws cases of one kind.
type Family struct {
	Name string
	Held bool // not for tuning
	// Timed says that a linger, window, ban or bucket must be found.
	Timed bool
	// Least and Most bound the refusals of a case: at least that many, at most that
	// share of the attempts. Defaults 25 and 0.8.
	Least int
	Most  float64
	draw  func(*draw) (Scene, Truth)
}

// Case is one drawn scene with its truth and its recording.
type Case struct {
	Family Family
	Seed   uint64
	Scene  Scene
	Truth  Truth
	Run    *capture.Run
}

// Case returns the case of a seed. Scenes whose run has too few or too many
// refusals to show the family's mechanism are drawn again.
func (f Family) Case(seed uint64) Case {
	var c Case
	for try := range uint64(50) {
		d := newDraw(hash(f.Name) ^ seed<<8 ^ try)
		c = Case{Family: f, Seed: seed}
		c.Scene, c.Truth = f.draw(d)
		c.Scene.Seed = d.Uint64()
		c.Run = c.Scene.Run()
		if f.shows(c) {
			break
		}
	}
	return c
}

func (f Family) shows(c Case) bool {
	n, of := refusals(c.Run), len(c.Run.Upgrades)
	least, most := f.Least, f.Most
	if least == 0 {
		least = 25
	}
	if most == 0 {
		most = 0.8
	}
	switch c.Truth.Kind {
	case None:
		return n == 0
	case Few:
		return 1 <= n && n <= 4
	}
	return n >= least && float64(n) <= most*float64(of)
}

// refusals counts the upgrades that the gateway turned away in any form.
func refusals(run *capture.Run) int { return len(RefusedAt(run)) }

// Selects reports whether an attribute is the one that is wanted.
func (w Want) Selects(name, value string) bool {
	if len(w.Names) > 0 && !slices.ContainsFunc(w.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
		return false
	}
	return w.Of == "" || strings.Contains(strings.ToLower(value), strings.ToLower(w.Of))
}
