package jtl

import (
	"cmp"
	"slices"
	"time"

	"why403/capture"
)

// Summary is a recording in JMeter's terms.
type Summary struct {
	Samples          int // rows of the results
	ByID, ByThread   int // samples joined with an upgrade
	Alone, Unsampled int // samples without an upgrade, upgrades without a sample
	Zero             int // rows with timeStamp 0
	Samplers         []Sampler
	First            *First // nil without a joined refusal
}

// Sampler is what became of the samples of one label.
type Sampler struct {
	Label    string
	Samples  int
	Failed   int // by JMeter's own judgement
	Upgrades int // joined
	Refused  int // of these
	Threads  int // names of threads seen
}

// First is the first refusal.
type First struct {
	Label, Thread string
	Status        int
	At            time.Duration // since the run's start
	// AllThreads is how many threads were active at the end of its sample, −1 if
	// the results do not say.
	AllThreads int
	Line       int // of the results
}

// Summary sums the join up. refused tells which upgrades were refused, in band too.
func (j *Joined) Summary(refused func(*capture.Upgrade) bool) *Summary {
	s := &Summary{
		Samples: len(j.Results.Samples), ByID: j.ByID, ByThread: j.ByThread,
		Alone: j.Alone, Unsampled: j.Unsampled, Zero: j.Results.Zero,
	}
	labels := map[string]*Sampler{}
	threads := map[[2]string]bool{}
	for i := range j.Results.Samples {
		row := &j.Results.Samples[i]
		l := labels[row.Label]
		if l == nil {
			l = &Sampler{Label: row.Label}
			labels[row.Label] = l
		}
		l.Samples++
		if !row.Success {
			l.Failed++
		}
		if key := [2]string{row.Label, row.Thread}; !threads[key] {
			threads[key] = true
			l.Threads++
		}
		u := j.Upgrades[i]
		if u == nil {
			continue
		}
		l.Upgrades++
		if refused(u) {
			l.Refused++
			s.first(j.Run, row, u)
		}
	}
	for _, l := range labels {
		s.Samplers = append(s.Samplers, *l)
	}
	slices.SortFunc(s.Samplers, func(a, b Sampler) int {
		return cmp.Or(cmp.Compare(b.Refused, a.Refused), cmp.Compare(b.Samples, a.Samples), cmp.Compare(a.Label, b.Label))
	})
	return s
}

func (s *Summary) first(run *capture.Run, row *Sample, u *capture.Upgrade) {
	at := u.Phases.RequestSent.Sub(run.Started)
	if s.First == nil || at < s.First.At {
		s.First = &First{Label: row.Label, Thread: row.Thread, Status: u.Status, At: at, AllThreads: row.AllThreads, Line: row.Line}
	}
}
