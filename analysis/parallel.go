package analysis

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel runs n jobs, some of them on helpers where processors are idle. What a job
// comes to must not depend on the others.
func inParallel(n int, job func(i int)) {
	j := jobs{n: n, do: job}
	j.work()
	helpers.Add(-1) // whoever waits leaves a processor to others
	j.helped.Wait()
	helpers.Add(1)
}

// together does jobs that have nothing to do with each other.
func together(jobs ...func()) { inParallel(len(jobs), func(i int) { jobs[i]() }) }

// jobs are those of one call.
type jobs struct {
	n      int
	do     func(i int)
	begun  atomic.Int64
	helped sync.WaitGroup
}

// helpers counts the goroutines that help. With those that they help no more are at work
// than there are processors, however deep jobs lie in jobs: each of a long recording takes
// memory for every attempt.
var helpers atomic.Int64

// work does jobs as long as there are any.
func (j *jobs) work() {
	for i := int(j.begun.Add(1)); i <= j.n; i = int(j.begun.Add(1)) {
		if i < j.n {
			j.recruit()
		}
		j.do(i - 1)
	}
}

// recruit has a helper work too, if a processor is idle.
func (j *jobs) recruit() {
	if helpers.Add(1) >= int64(runtime.GOMAXPROCS(0)) {
		helpers.Add(-1)
		return
	}
	j.helped.Go(func() {
		defer helpers.Add(-1)
		j.work()
	})
}
