package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

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
	astray     []string // the prefixes that were determined wrongly, on a line each
	experiment *trial   // of a confounded case
}

// measure analyses the cases of the families, in an order that does not depend on
// the number of workers. Seed comes after seed, so that what is measured when time
// runs out is of all families.
func measure(o options, families []virtual.Family) []result {
	results := make([][]result, len(families))
	next := make(chan [2]int)
	var workers sync.WaitGroup
	for i := range families {
		results[i] = make([]result, o.seeds)
	}
	for range max(1, o.workers) {
		workers.Go(func() {
			for job := range next {
				f := families[job[0]]
				results[job[0]][job[1]] = o.measureCase(f.Case(o.firstSeed(f) + uint64(job[1])))
			}
		})
	}
	begun := time.Now()
	for seed := range int(o.seeds) {
		for i := range families {
			if o.atMost == 0 || time.Since(begun) < o.atMost {
				next <- [2]int{i, seed}
			}
		}
	}
	close(next)
	workers.Wait()
	return slices.DeleteFunc(slices.Concat(results...), func(r result) bool { return r.findings == nil })
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
			cut := result{Case: c, findings: analysis.Explain(run)}
			cut.mark = judge(c.Truth, cut.findings)
			r.prefixes = append(r.prefixes, cut.mark)
			if cut.mark.wrongCause || cut.mark.wrongScope {
				r.astray = append(r.astray, fmt.Sprintf("cut at refusal %d: %v", n, cut))
			}
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
