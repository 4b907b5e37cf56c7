package main

import (
	"why403/analysis"
	"why403/capture"
	"why403/internal/sim/virtual"
)

// trial is a proposed experiment that was run.
type trial struct {
	name  string
	known bool // the simulation knows how to do it
	mark  mark

	findings *analysis.Findings // of both recordings
}

// try repeats a confounded load, then does the experiment that was proposed on the
// same gateway, and analyses both recordings as "why403 explain FIRST SECOND" does.
func try(c virtual.Case, f *analysis.Findings) *trial {
	if f.NextExperiment == nil {
		return &trial{}
	}
	t := &trial{name: f.NextExperiment.Name}
	limit, upgrades := 0, 0
	for _, cause := range f.Verdict.Causes {
		switch {
		case cause.Threshold == nil:
		case cause.Cause == "concurrency-cap":
			limit = int(cause.Threshold.Value)
		case cause.Cause == "quota", cause.Cause == "token-overused":
			upgrades = max(upgrades, int(cause.Threshold.Value))
		}
	}
	scene, ok := c.Scene.Experiment(t.name, limit, upgrades)
	if !ok {
		return t
	}
	t.known = true
	truth := c.Truth
	truth.Kind = virtual.Identifiable
	run, err := capture.Join(nil, scene.Recordings()...)
	if err != nil {
		panic(err) // the scene gives each recording a name of its own
	}
	t.findings = analysis.Explain(run)
	t.mark = judge(truth, t.findings)
	return t
}
