package analysis

import (
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// Exhibit computes the figures and samples behind the findings that [Explain] drew
// from the same run.
func Exhibit(run *capture.Run, f *Findings) *Exhibits {
	x := &exhibition{run: run, table: covariate.Build(run), start: started(run)}
	x.open = x.table.OpenNow()
	return &Exhibits{
		Timeline: x.timeline(),
		AgeGrid:  x.ageGrid(f),
		Points:   x.points(),
		Groups:   x.groups(),
		Pair:     x.pair(),
		Phases:   x.phases(),
		Differ:   x.distributions(),
		Waits:    x.waits(),
		Keys:     x.keyLoads(),
		Attempts: x.attempts(),
	}
}

// exhibition is what the exhibits are computed from.
type exhibition struct {
	run   *capture.Run
	table *covariate.Table
	open  []int32 // at the decisions
	start capture.Instant
}

// elapsed is how much had been recorded at a moment.
func (x *exhibition) elapsed(at capture.Instant) time.Duration { return x.table.Axis.Elapsed(at) }

// started returns the run's start, or the first request's time if it has none.
func started(run *capture.Run) capture.Instant {
	if run.Started.Seen() || len(run.Upgrades) == 0 {
		return run.Started
	}
	return run.Upgrades[0].Phases.RequestSent
}

// thin returns at most limit positions of n, evenly spread, ascending.
func thin(n, limit int) []int {
	picked := make([]int, 0, min(n, limit))
	if n <= limit {
		for i := range n {
			picked = append(picked, i)
		}
		return picked
	}
	for k := range limit {
		picked = append(picked, int(int64(k)*int64(n)/int64(limit)))
	}
	return picked
}
