package covariate

import (
	"math"
	"time"

	"why403/analysis/evidence"
	"why403/capture"
)

// Reading is a view of when the gateway decided.
type Reading struct {
	// ByRequest takes the moment of the request for that of the decision (the
	// way there and the queue take no time), else that of the answer.
	ByRequest bool
	// AtOnce says that the answer followed the decision at once: what took time was the
	// wait for a place.
	AtOnce bool
}

// Readings returns the readings worth trying for the table: where refusals are
// slow the decision, or the wait for it, begins at the request.
func (t *Table) Readings() []Reading {
	readings := []Reading{{}, {ByRequest: true}}
	if t.RefusedWait > slowRefusal {
		readings = readings[1:]
	}
	if t.Queues {
		readings = append(readings, Reading{AtOnce: true})
	}
	return readings
}

const slowRefusal = 500 * time.Millisecond

// Never is a linger under which sockets are never released.
const Never = time.Duration(math.MaxInt64)

// Open counts, for each attempt, the sockets that were open under its label when
// the gateway decided, itself not counted: at least Lo, at most Hi, allowing for
// what lies within the table's Wait and Jitter, and Mid if everything took as long
// as usual. A socket counts until linger after its release. Attempts whose label is
// negative (their key is not known) get 0, 0 and [math.MaxInt32].
//
// The cost is linear in the attempts.
func (t *Table) Open(labels []int32, n int, r Reading, linger time.Duration) evidence.Range {
	s := sweep{t: t, labels: labels, counts: make([]int32, n), linger: linger}
	atLeast, atMost := t.allowing(r)
	c := evidence.Range{Lo: s.run(atLeast), Mid: s.run(t.exact(r)), Hi: s.run(atMost)}
	for i, l := range labels {
		if l < 0 {
			c.Hi[i] = math.MaxInt32
			continue
		}
		if !t.Refused[i] || t.inBand[i] {
			c.Hi[i]-- // itself
		}
		c.Lo[i] = min(c.Lo[i], c.Mid[i])
		c.Hi[i] = max(c.Hi[i], c.Mid[i])
	}
	return c
}

// OpenUsually is the Mid of Open by the answers and without a linger.
func (t *Table) OpenUsually(labels []int32, n int) []int32 {
	s := sweep{t: t, labels: labels, counts: make([]int32, n)}
	return s.run(t.exact(Reading{}))
}

// OpenAtRequest counts the sockets open when each attempt was sent, as OpenNow does at
// its answer: slow refusals are answered under another load than the one they met.
func (t *Table) OpenAtRequest() []int32 {
	s := sweep{t: t, labels: t.stretches, counts: make([]int32, t.Axis.N())}
	return s.run(t.exact(Reading{ByRequest: true}))
}

// OpenNow counts the sockets open at each answer as they were seen, in all that are of
// the same stretch of the run.
func (t *Table) OpenNow() []int32 {
	s := sweep{t: t, labels: t.stretches, counts: make([]int32, t.Axis.N())}
	f := t.exact(Reading{})
	if t.RefusedWait > slowRefusal {
		f.release = 0 // what takes that long is no round trip: the gateway knows of the close before it answers
	}
	return s.run(f)
}

// frame is one way to lay the events of a reading on a line.
type frame struct {
	decisions []int32           // positions in Attempts in their order, nil as they are
	decidedAt []capture.Instant // moments of decisions
	opens     []int32
	openAt    []capture.Instant // by attempt
	shift     time.Duration     // added to openAt
	release   time.Duration     // added to the early releases
	// selfLast says that an opening at the moment of a decision comes after it.
	selfLast bool
	// sure leaves out what may not have been open at all: refusals in band, and
	// sockets that may have been released before they were surely open.
	sure bool
}

func (t *Table) exact(r Reading) frame {
	f := t.frame(r)
	f.selfLast = true
	if !r.ByRequest && !r.AtOnce {
		// A close reaches the gateway, and shows in an answer, a round trip later.
		f.release = t.Usual
	}
	return f
}

func (t *Table) allowing(r Reading) (atLeast, atMost frame) {
	atLeast, atMost = t.frame(r), t.frame(r)
	atLeast.sure, atLeast.selfLast = true, true
	atMost.release = t.Wait
	if r.ByRequest {
		// Between request and answer the gateway counted it, at a moment unknown.
		atLeast.opens, atLeast.openAt = t.opened, t.answeredAt
		return atLeast, atMost
	}
	if r.AtOnce {
		atMost.release = t.Transit
	}
	atLeast.shift, atMost.shift = t.Blur(r), -t.Blur(r)
	return atLeast, atMost
}

func (t *Table) frame(r Reading) frame {
	if r.ByRequest {
		return frame{decisions: t.bySent, decidedAt: t.sentAt, opens: t.openedQ, openAt: t.sentOf}
	}
	return frame{decidedAt: t.answeredAt, opens: t.opened, openAt: t.answeredAt}
}

type sweep struct {
	t      *Table
	labels []int32
	counts []int32
	linger time.Duration
}

// run merges decisions, openings and releases, all in the order of time.
func (s *sweep) run(f frame) []int32 {
	clear(s.counts)
	out := s.t.spareCounts()
	opens, releases := f.opens, s.t.releases
	if s.linger == Never {
		releases = nil
	}
	var after time.Duration // from a release to its effect
	if s.linger != Never {
		after = f.release + s.linger
	}
	for k := range out {
		i := k
		if f.decisions != nil {
			i = int(f.decisions[k])
		}
		at := f.decidedAt[k]
		for len(releases) > 0 && releases[0].at.Add(after) <= at {
			s.step(releases[0].who, -1, &f, after)
			releases = releases[1:]
		}
		for len(opens) > 0 && f.before(opens[0], i, at) {
			s.step(opens[0], +1, &f, after)
			opens = opens[1:]
		}
		out[i] = 0
		if l := s.labels[i]; l >= 0 {
			out[i] = max(s.counts[l], 0)
		}
	}
	return out
}

// before reports whether the opening of j comes before the decision on i. At one
// moment the order is that of the table.
func (f *frame) before(j int32, i int, at capture.Instant) bool {
	openAt := f.openAt[j].Add(f.shift)
	if openAt != at || !f.selfLast {
		return openAt <= at
	}
	return int(j) < i
}

func (s *sweep) step(j int32, by int32, f *frame, after time.Duration) {
	l := s.labels[j]
	if l < 0 || f.sure && s.doubtful(j, f, after) {
		return
	}
	s.counts[l] += by
}

func (s *sweep) doubtful(j int32, f *frame, after time.Duration) bool {
	if s.t.inBand[j] {
		return true
	}
	release := s.t.releasedAt[j]
	return release.Seen() && s.linger != Never && release.Add(after-s.t.Wait) <= f.openAt[j].Add(f.shift)
}

// Attempted counts, for each attempt, the decided attempts under its label before
// it, in the order of a reading.
func (t *Table) Attempted(labels []int32, n int, r Reading) evidence.Range {
	out := evidence.Range{Lo: t.spareCounts(), Mid: t.spareCounts(), Hi: t.spareCounts()}
	counts := make([]int32, n)
	for k := range labels {
		i := k
		if r.ByRequest {
			i = int(t.bySent[k])
		}
		l := labels[i]
		if l < 0 {
			out.Lo[i], out.Mid[i], out.Hi[i] = 0, 0, math.MaxInt32
			continue
		}
		out.Lo[i], out.Mid[i], out.Hi[i] = counts[l], counts[l], counts[l]
		counts[l]++
	}
	return out
}

// PeakOpen is the most sockets that were open at once, refusals in band left out.
func (t *Table) PeakOpen() int {
	open, peak := make([]int, t.Axis.N()), 0
	releases := t.releases
	for _, i := range t.opened {
		for len(releases) > 0 && releases[0].at <= t.answeredAt[i] {
			if !t.inBand[releases[0].who] {
				open[t.stretches[releases[0].who]]--
			}
			releases = releases[1:]
		}
		if !t.inBand[i] {
			open[t.stretches[i]]++
			peak = max(peak, open[t.stretches[i]])
		}
	}
	return peak
}
