package live

import (
	"strconv"
	"time"

	"why403/proxy"
)

// mostPoints bounds the history: half an hour at one point a second, an hour at
// one every two, and so on.
const mostPoints = 1800

// point is what happened within one step that ended at T.
type point struct {
	T        float64          `json:"t"` // seconds since the recording began
	Open     int64            `json:"open"`
	Pending  int64            `json:"pending"`
	Accepted int64            `json:"accepted"`
	Refused  map[string]int64 `json:"refused,omitempty"` // by status; "none" for no answer
}

// series is the history of a recording in steps of equal length.
type series struct {
	Step   int     `json:"step"` // seconds
	Points []point `json:"points"`

	halvings int         // how often the resolution was halved
	last     proxy.Stats // at the end of the last sample
	pending  point       // the step in progress
	samples  int         // in pending
}

func newSeries(s proxy.Stats) series { return series{Step: 1, last: s} }

// add takes the counters of a moment, a second after the last.
func (s *series) add(at time.Duration, now proxy.Stats) {
	s.pending.merge(difference(at, s.last, now))
	s.last = now
	if s.samples++; s.samples < s.Step {
		return
	}
	s.Points = append(s.Points, s.pending)
	s.pending, s.samples = point{}, 0
	if len(s.Points) >= mostPoints {
		s.halve()
	}
}

// halve makes one point of every two.
func (s *series) halve() {
	half := s.Points[:0]
	for i := 0; i+1 < len(s.Points); i += 2 {
		p := s.Points[i]
		p.merge(s.Points[i+1])
		half = append(half, p)
	}
	clear(s.Points[len(half):])
	s.Points = half
	s.Step *= 2
	s.halvings++
}

// merge adds a later point: counts add up, levels keep their peak.
func (p *point) merge(later point) {
	p.T = later.T
	p.Open, p.Pending = max(p.Open, later.Open), max(p.Pending, later.Pending)
	p.Accepted += later.Accepted
	for status, n := range later.Refused {
		if p.Refused == nil {
			p.Refused = map[string]int64{}
		}
		p.Refused[status] += n
	}
}

// difference returns what happened between two readings of the counters.
func difference(at time.Duration, before, now proxy.Stats) point {
	p := point{T: at.Round(time.Millisecond).Seconds(), Open: now.Open, Pending: now.Pending}
	refuse := func(status string, n int64) {
		if n > 0 {
			p.merge(point{T: p.T, Open: p.Open, Pending: p.Pending, Refused: map[string]int64{status: n}})
		}
	}
	for status, n := range now.Answers {
		if n -= before.Answers[status]; status == 101 {
			p.Accepted = n
		} else {
			refuse(strconv.Itoa(status), n)
		}
	}
	refuse("none", now.Unanswered-before.Unanswered)
	return p
}
