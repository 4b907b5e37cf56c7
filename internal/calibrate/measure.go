package main

import (
	"sync"

	"why403/analysis"
	"why403/capture"
	"why403/internal/sim/virtual"
)

// result is what became of one case.
type result struct {
	virtual.Case
	findings   *analysis.Findings
	mark       mark
	prefixes   []mark
	experiment *trial // of a confounded case
}

// measure analyses every case of the families, in an order that does not depend on
// the number of workers.
func measure(o options, families []virtual.Family) []result {
	var jobs []func() result
	for _, f := range families {
		for i := range o.seeds {
			jobs = append(jobs, func() result { return o.measureCase(f.Case(o.firstSeed(f) + i)) })
		}
	}
	results := make([]result, len(jobs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, o.workers) {
		workers.Go(func() {
			for i := range next {
				results[i] = jobs[i]()
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	workers.Wait()
	return results
}

func (o options) measureCase(c virtual.Case) result {
	r := result{Case: c, findings: analysis.Explain(c.Run)}
	r.mark = judge(c.Truth, r.findings)
	if o.prefixes {
		for _, n := range cuts {
			run, ok := prefix(c.Run, n)
			if !ok {
				break
			}
			r.prefixes = append(r.prefixes, judge(c.Truth, analysis.Explain(run)))
		}
	}
	if o.experiment && c.Truth.Kind == virtual.Confounded {
		r.experiment = try(c, r.findings)
	}
	r.Run = nil // so that a thousand of them need no memory
	return r
}

// cuts are the refusals after which prefixes end.
var cuts = []int{6, 10, 20, 50, 100, 200}

// prefix returns what a recording would have held had it ended at its n-th refusal.
func prefix(run *capture.Run, n int) (*capture.Run, bool) {
	end := capture.Instant(0)
	for _, at := range virtual.RefusedAt(run) {
		if n--; n == 0 {
			end = at
			break
		}
	}
	if end == 0 {
		return nil, false
	}
	return virtual.Until(run, end), true
}
