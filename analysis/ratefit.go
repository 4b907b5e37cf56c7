package analysis

import (
	"fmt"
	"math"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// promising is the least log likelihood that may still grow to the best.
func promising(best float64) float64 { return 3*best - 20 }

// rateFit searches the rate of a bucket under one key, by one reading.
type rateFit struct {
	s       *study
	part    covariate.Partition
	reading covariate.Reading
	bucket  *covariate.Counter
	search
}

// fitRate tries the rates that the recording suggests by each reading, and returns the
// one that fits better.
func fitRate(s *study, p covariate.Partition) *rateFit {
	var best *rateFit
	for _, r := range s.readings {
		f := newRateFit(s, p, r)
		f.run(s, f.probe)
		if best == nil || f.bestLogLik() > best.bestLogLik() {
			best = f
		}
	}
	return best
}

func newRateFit(s *study, p covariate.Partition, r covariate.Reading) *rateFit {
	f := &rateFit{s: s, part: p, reading: r, bucket: s.table.Counter(p.Labels, p.N, r, covariate.LetThrough)}
	f.search = search{key: fmt.Sprint("rate ", p.Scope, r), low: leastRate, high: mostRate, scan: func(rate float64) evidence.Result {
		return s.scanRange(f.bucket.Bucket(rate), bursts)
	}}
	return f
}

func (f *rateFit) probe() {
	for _, b := range f.bounds() {
		f.try(b.rate, b.width)
		f.try(b.rate+b.width/2, b.width)
		f.try(b.rate+b.width, b.width)
	}
	if len(f.s.firstAccepted(f.part)) == 0 {
		return // nothing came back, so nothing speaks for a rate
	}
	f.solveFor(1)
	if best, ok := f.best(); ok {
		f.solveFor(wholeBurst(best))
	}
}

// climbOn climbs from the best that was tried, on a long recording too: a rate is the
// more exact the longer it is.
func (f *rateFit) climbOn() {
	f.refine(f.s, f.solve)
	if best, ok := f.best(); ok {
		f.climb(best.x, best.step/2, best.step/2)
	}
	f.refine(f.s, func() {})
}

func (f *rateFit) hypothesis() *hypothesis {
	h := &hypothesis{scope: f.part.Scope, equivalent: f.part.Equivalent}
	if _, ok := f.best(); !ok {
		h.logEvidence = f.s.unfitted(func(i int) bool { return f.part.Labels[i] < 0 })
		return h
	}
	t := f.likeliest()
	h.logEvidence = f.logEvidence() - math.Log(float64(len(f.s.readings)))
	h.logLik, h.reading = t.logLik(), f.reading
	h.threshold = f.interval("upgrades/s")
	h.threshold.Value = t.x
	theta := t.result.Best.UpTo
	h.burst = &Threshold{Value: burstOf(t), Low: max(t.result.Low, 0) + 1, High: t.result.High + 1 - covariate.BucketUnit, Unit: "upgrades"}
	h.predicted = f.s.predictCounts(f.bucket.Bucket(t.x), theta, 0.5)
	h.counts = f.s.tally(h.predicted)
	return h
}

// wholeBurst is the whole number that the best burst of a trial is next to.
func wholeBurst(t trial) float64 { return max(1, math.Round(burstOf(t))) }

func burstOf(t trial) float64 { return t.result.Best.UpTo + 1 - covariate.BucketUnit }

// likeliest is the best trial, or one about as good whose burst is a whole number:
// gateways are set to these.
func (f *rateFit) likeliest() trial {
	list := f.top(len(f.tried))
	least := list[0].logLik() - evidence.Tolerance
	for k, t := range list {
		switch {
		case t.logLik() < least:
			return list[0]
		case burstOf(t) == wholeBurst(t):
			return t
		case k < mostKept:
			if whole, ok := f.rounded(t, least); ok {
				return whole
			}
		}
	}
	return list[0]
}

// rounded returns a trial with the next whole burst if that is likely enough.
func (f *rateFit) rounded(t trial, least float64) (trial, bool) {
	for _, b := range []float64{math.Floor(burstOf(t)), math.Ceil(burstOf(t))} {
		whole := f.s.scanRange(f.bucket.Bucket(t.x), evidence.Spike(b-1+covariate.BucketUnit))
		if b >= 1 && whole.Best.LogLik >= least {
			return trial{t.x, t.step, whole}, true
		}
	}
	return t, false
}
