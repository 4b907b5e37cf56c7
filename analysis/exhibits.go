package analysis

import (
	"time"

	"why403/analysis/jtl"
	"why403/capture"
)

// Exhibits are the figures and samples behind a verdict, computed once so that
// every report shows the same ones.
type Exhibits struct {
	Timeline Timeline
	AgeGrid  AgeGrid
	Points   []Point // every attempt, thinned to at most 4,000 with all classes kept
	Groups   []Group
	Pair     *Pair // nil without a refusal
	Phases   []PhaseStat
	Differ   []Distribution // of request properties, the most telling first
	Waits    *Distribution  // for answers; nil without one
	Keys     []KeyLoad
	Attempts []Listed     // every attempt, thinned to at most 100,000 with refusals kept
	JMeter   *jtl.Summary // nil unless JMeter's results were joined
}

// Timeline is the load over time in equal steps from the run's start.
type Timeline struct {
	Step  time.Duration
	Steps []Step
	// Refusals are the times of refusals since the start, in order, thinned to at
	// most 2,000; RefusalCount is how many there were.
	Refusals     []time.Duration
	RefusalCount int
}

// Step is one step of a Timeline.
type Step struct {
	Open              int // open sockets at its end
	PeakOpen          int // most open sockets within it
	Accepted, Refused int // answers within it; Refused holds refusals in band too
	Failed            int // attempts that got no answer
}

// Point is one attempt as a point: token age against open sockets.
type Point struct {
	At      time.Duration // since the run's start
	Age     time.Duration // of the token on the gateway's clock
	AgeSeen bool          // false: the token's age is not known
	Open    int           // open sockets when the gateway decided
	Refused bool
}

// AgeGrid counts attempts by token age (rows) and open sockets (columns).
type AgeGrid struct {
	AgeEdges  []time.Duration // len(Cells)+1 edges, ascending
	OpenEdges []int           // len(Cells[0])+1 edges, ascending; a column is [edge, next edge)
	Cells     [][]Cell
	Unknown   int // attempts whose token age is not known
}

// Cell is one cell of an AgeGrid.
type Cell struct{ Accepted, Refused int }

// Group is refusals that look alike: same status (or close code), body and
// header names.
type Group struct {
	Title       string // "403, application/json, {\"error\":…"
	Status      int
	InBand      bool
	Count       int
	First, Last time.Duration // since the run's start
	BodyStart   string        // first 200 bytes of the body, as text
	MedianWait  time.Duration // request sent to first byte of the answer
	Example     *capture.Upgrade
}

// Pair is a typical refusal beside the accepted attempt nearest to it in time,
// with the same token if there is one.
type Pair struct {
	Refused, Accepted         *capture.Upgrade // Accepted is nil if there was none
	RefusedOpen, AcceptedOpen int              // open sockets at their decisions
	Apart                     time.Duration
	SameToken                 bool
}

// PhaseStat sums up one phase over the attempts in which it was seen.
type PhaseStat struct {
	Name             string // "TCP to gateway"
	N                int
	P50, P90, P99    time.Duration
	RefusedP50       time.Duration // over refused attempts alone
	AcceptedP50      time.Duration
	RefusedN, AccptN int
}
