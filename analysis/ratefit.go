package analysis

import (
	"fmt"
	"math"
	"slices"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// rateFit searches the rate of a bucket under one key, by one reading.
type rateFit struct {
	s       *study
	part    covariate.Partition
	reading covariate.Reading
	spends  bool               // what another mechanism refuses takes a token of the bucket too
	counter *covariate.Counter // once asked for
	judging
	search

	room  float64             // of a bucket that spends, while its rates are tried
	rooms map[float64]float64 // by the rates tried
}

// fitRate tries the rates that the recording suggests by each reading, and returns the
// one that fits better.
func fitRate(s *study, p covariate.Partition) *rateFit {
	var best *rateFit
	for _, r := range s.readings {
		for _, spends := range s.spending() {
			f := newRateFit(s, p, r, spends)
			f.run(s, f.probe)
			f.rest()
			if best == nil || f.bestLogLik() > best.bestLogLik() {
				best = f
			}
		}
	}
	return best
}

// spending are the places that a bucket can have beside another mechanism: behind it,
// so that it sees only what that one lets through, or in front.
func (s *study) spending() []bool {
	if s.forced == nil {
		return []bool{false}
	}
	return []bool{false, true}
}

func newRateFit(s *study, p covariate.Partition, r covariate.Reading, spends bool) *rateFit {
	f := &rateFit{s: s, part: p, reading: r, spends: spends, room: 1, rooms: map[float64]float64{}}
	f.judging = judging{bucket: f.count, forced: s.forced}
	f.search = search{key: fmt.Sprint("rate ", p.Scope, r, spends), of: "rate " + p.Scope, low: leastRate, high: mostRate, scan: func(rate float64) evidence.Result {
		if f.rooms[rate] == 0 {
			f.rooms[rate] = f.room
		}
		return s.scanRange(f.levels(rate), bursts)
	}}
	return f
}

// count returns the counter that all rates share.
func (f *rateFit) count() *covariate.Counter {
	if f.counter == nil {
		f.counter = f.s.table.Counter(f.part.Labels, f.part.N, f.reading, covariate.LetThrough)
		if f.spends {
			f.counter = f.counter.Spending(f.s.forced)
		}
	}
	return f.counter
}

// rest drops what can be worked out again, until the search goes on: of a long recording it
// is much for each key.
func (f *rateFit) rest() { f.counter, f.buckets = nil, nil }

// levels are those of the bucket with a rate that was tried.
func (f *rateFit) levels(rate float64) evidence.Range {
	return f.count().Bucket(rate, f.rooms[rate])
}

func (f *rateFit) probe() {
	for _, b := range f.bounds() {
		f.try(b.rate, b.width)
		f.try(b.rate+b.width/2, b.width)
		f.try(b.rate+b.width, b.width)
	}
	if !f.s.cameBack(f.part) {
		return // nothing came back, so nothing speaks for a rate
	}
	f.solveFor(1)
	if best, ok := f.best(); ok {
		f.solveFor(wholeBurst(best))
	}
	if f.spends {
		f.solve() // the level depends on the burst
	}
}

// climbOn climbs from the best that was tried, on a long recording too: a rate is the
// more exact the longer it is. Where every token is taken at once, a rate as exact as the
// beginning tells it is soon off by a burst: it is solved for again with the bursts of the
// beginning.
func (f *rateFit) climbOn() {
	f.refine(f.s, f.solve)
	if f.s.beginning != nil && f.s.cameBack(f.part) {
		for _, burst := range begunBursts(f.s.begun(f.key).list) {
			f.solveFor(burst)
		}
	}
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
	h.logEvidence = f.logEvidence() - math.Log(float64(len(f.s.readings)*len(f.s.spending())))
	h.logLik, h.reading = t.logLik(), f.reading
	h.threshold = f.interval("upgrades/s")
	h.threshold.Value = t.x
	theta := t.result.Best.UpTo
	h.burst = &Threshold{Value: burstOf(t), Low: max(t.result.Low, 0) + 1, High: t.result.High + 1 - covariate.BucketUnit, Unit: "upgrades"}
	h.predicted = f.s.predictCounts(f.levels(t.x), theta, 0.5)
	h.counts = f.s.tally(h.predicted)
	return h
}

// begunBursts are those that the beginning came to.
func begunBursts(list []trial) []float64 {
	var bursts []float64
	for _, t := range list {
		if b := wholeBurst(t); !slices.Contains(bursts, b) {
			bursts = append(bursts, b)
		}
	}
	return bursts
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
		case k < mostKept && f.s.tells(t.logLik()):
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
		whole := f.s.scanRange(f.levels(t.x), evidence.Spike(b-1+covariate.BucketUnit))
		if b >= 1 && whole.Best.LogLik >= least {
			return trial{t.x, t.step, whole}, true
		}
	}
	return t, false
}
