package runfile

import (
	"math"

	"why403/capture"
)

// Save writes a whole run, as an import makes one, to a new file and seals it. As
// with [Create] an existing file is never touched.
func Save(path string, run *capture.Run) error {
	records := len(run.Tokens) + len(run.Upgrades) + len(run.TokenRequests) + len(run.Clock) + len(run.Losses) + len(run.Notes)
	w, err := Create(path, run.Meta, Options{Queue: records + 1, QueueBytes: math.MaxInt64})
	if err != nil {
		return err
	}
	for _, t := range run.Tokens {
		w.Put(t)
	}
	for _, u := range run.Upgrades {
		w.Put(*u)
	}
	for _, r := range run.TokenRequests {
		w.Put(r)
	}
	for _, c := range run.Clock {
		w.Put(c)
	}
	for _, l := range run.Losses {
		w.Put(l)
	}
	for _, n := range run.Notes {
		w.Put(n)
	}
	return w.Seal(run.Ended)
}
