package analysis

import (
	"math"

	"why403/capture"
)

// Of an opaque token whose token response nobody recorded, nothing tells the age. If
// clients use a token as soon as they have it, it is about the time since its first use.

// sinceUse is the variant of a token's age that is counted so.
const sinceUse = "since its first use"

// sinceUseShare is the prior of such an age over that of one that is known.
const sinceUseShare = 0.1

// tooOldSinceUse weighs an age counted from the first use of each token; nil if ages are known,
// or all tokens that became too old were first used at one time.
func (s *study) tooOldSinceUse() *hypothesis {
	for i := range s.table.Attempts {
		if knowsIssue(&s.table.Attempts[i]) {
			return nil
		}
	}
	first, age := s.firstUses()
	near := s.table.Wait.Seconds()
	of := func(i int) (float64, float64, float64) {
		if math.IsNaN(age[i]) {
			return never()
		}
		return age[i] - near, age[i], age[i] + near
	}
	h, r := s.scanned(of, ages, nearSeconds)
	if h.predicted == nil || !s.refusedApart(h.predicted, first) {
		return nil
	}
	h.variant = sinceUse
	h.logEvidence += math.Log(sinceUseShare)
	h.threshold = finite(&Threshold{Value: within(r.Best), Low: max(r.Low, 0), High: r.High, Unit: "s"})
	return h
}

// firstUses returns, for each attempt, when its token was first used and how long ago that was, in
// seconds; NaN of attempts without one.
func (s *study) firstUses() (first, age []float64) {
	n := len(s.table.Attempts)
	first, age = make([]float64, n), make([]float64, n)
	begun := map[capture.Fingerprint]float64{}
	for i := range s.table.Attempts {
		first[i], age[i] = math.NaN(), math.NaN()
		a := &s.table.Attempts[i]
		fp := a.Upgrade.Token()
		if fp == "" || s.tokenless(i) {
			continue
		}
		if at, known := begun[fp]; !known || s.since(a.Sent) < at {
			begun[fp] = s.since(a.Sent)
		}
	}
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if at, known := begun[a.Upgrade.Token()]; known && !s.tokenless(i) {
			first[i], age[i] = at, s.since(a.Sent)-at
		}
	}
	return first, age
}

// refusedApart reports whether tokens that were first used at different times were refused as foretold.
func (s *study) refusedApart(p prediction, first []float64) bool {
	earliest, latest := math.Inf(1), math.Inf(-1)
	for i, refused := range s.table.Refused {
		if refused && p[i].refuses() && !p[i].unsure() {
			earliest, latest = min(earliest, first[i]), max(latest, first[i])
		}
	}
	return latest-earliest > nearSeconds
}
