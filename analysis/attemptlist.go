package analysis

import (
	"slices"
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// mostAttempts bounds the list of attempts.
const mostAttempts = 100_000

// Listed is one attempt of the list: what is derived beside what the record holds.
type Listed struct {
	Upgrade           *capture.Upgrade
	At                time.Duration // request sent, since the run's start
	Decided           bool          // accepted or refused; the others got no answer
	Refused           bool
	InBand            int // close code if it was refused in band, else 0
	Open              int // open sockets at the decision
	Wait              time.Duration
	Age, Left         time.Duration // of the token, and to its expiry, on the gateway's clock
	AgeSeen, LeftSeen bool
}

// attempts lists the attempts in the run's order. If there are too many, accepted
// ones are thinned first, so that every refusal stays as long as possible.
func (x *exhibition) attempts() []Listed {
	decided := make(map[*capture.Upgrade]int, len(x.table.Attempts))
	for i := range x.table.Attempts {
		decided[x.table.Attempts[i].Upgrade] = i
	}
	keep := x.keptAttempts(decided)
	list := make([]Listed, 0, len(keep))
	for _, k := range keep {
		u := x.run.Upgrades[k]
		l := Listed{Upgrade: u, At: x.elapsed(u.Phases.RequestSent)}
		if !u.Phases.RequestSent.Seen() {
			l.At = x.elapsed(max(u.Phases.RequestRead, u.Phases.Accepted, x.start))
		}
		if i, ok := decided[u]; ok {
			l.derive(&x.table.Attempts[i], int(x.open[i]))
		}
		list = append(list, l)
	}
	return list
}

func (l *Listed) derive(a *covariate.Attempt, open int) {
	l.Decided, l.Refused, l.InBand, l.Open, l.Wait = true, a.Refused, int(a.InBand), open, a.Answered.Sub(a.Sent)
	l.Age, l.AgeSeen = a.Age, knowsIssue(a)
	l.Left, l.LeftSeen = a.Left, knowsExpiry(a)
}

// keptAttempts are the positions of the attempts to list, in order.
func (x *exhibition) keptAttempts(decided map[*capture.Upgrade]int) []int {
	var others, accepted []int
	for k, u := range x.run.Upgrades {
		if i, ok := decided[u]; ok && !x.table.Refused[i] {
			accepted = append(accepted, k)
		} else {
			others = append(others, k)
		}
	}
	var keep []int
	for _, i := range thin(len(others), mostAttempts) {
		keep = append(keep, others[i])
	}
	for _, i := range thin(len(accepted), mostAttempts-len(keep)) {
		keep = append(keep, accepted[i])
	}
	slices.Sort(keep)
	return keep
}
