package analysis

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/evidence"
)

// A queue that is served at a rate, and that whoever would wait longer than some time
// is turned away from, refuses the same upgrades as a token bucket of that rate. What
// tells them apart is time: in the queue acceptances wait the longer the fuller it is,
// and refusals as long as it may take. A bucket decides at once.

// queueOdds is the log odds against a cause that does not say why acceptances wait so.
const queueOdds = 8

// queues returns, where there is a queue, overload for each limit on the rate of the
// whole gateway: the queue in front of what is limited.
func (s *study) queues(hs []*hypothesis) []*hypothesis {
	if !s.table.Queues {
		return nil
	}
	var list []*hypothesis
	for _, h := range hs {
		if h.cause != rateLimit || h.scope != "global" || h.threshold == nil {
			continue
		}
		q := *h
		q.cause, q.equivalent = overload, []string{}
		q.logEvidence += s.slownessOdds()
		list = append(list, &q)
	}
	return list
}

// unqueued is what a queue takes from the log odds of a cause that has none.
func (s *study) unqueued(h *hypothesis) float64 {
	if s.table.Queues && h.cause != overload && h.cause != unknown && !h.reading.AtOnce {
		return -queueOdds
	}
	return 0
}

// creditQueue holds overload as probable as unknown where acceptances wait as in a queue: how full
// it is, is not seen, and leaves whatever patterns speak for unknown.
func (s *study) creditQueue(hs []*hypothesis) {
	if !s.table.Queues {
		return
	}
	var best, none *hypothesis
	for _, h := range hs {
		if h.cause == unknown {
			none = h
		} else if h.cause == overload && h.soft && (best == nil || h.logEvidence > best.logEvidence) {
			best = h
		}
	}
	if best != nil && none != nil {
		best.logEvidence = max(best.logEvidence, none.logEvidence)
	}
}

// A queue may also be full: it holds so many, and whoever comes then is refused at once. The
// many that it holds wait, and the load that fills it looks like one that passes a limit on
// the rate.

// roomForQueue is the prior of such a queue among overloads.
const roomForQueue = 0.2

// fullQueue weighs a limit on the upgrades that wait for an answer, where acceptances wait
// longer than refusals; nil if they do not. Where they are let through in step it is a limit on
// the rate that makes them wait for their turn, as nginx's does: work takes now more time, now less.
func (s *study) fullQueue() *hypothesis {
	if s.forced != nil || 2*s.table.RefusedWait > s.table.Usual || s.table.Paced() {
		return nil
	}
	terms := []float64{math.Inf(-1)}
	best, later := evidence.Result{Best: evidence.Cell{LogLik: math.Inf(-1)}}, time.Duration(0)
	for _, by := range answeredLater {
		at := by * s.table.RefusedWait / 2
		r := s.scanCounts(s.table.InHand(at))
		terms = append(terms, r.LogEvidence-math.Log(float64(len(answeredLater))))
		if r.Best.LogLik > best.Best.LogLik+rounding {
			best, later = r, at
		}
	}
	if math.IsInf(best.Best.LogLik, -1) {
		return nil
	}
	h := &hypothesis{scope: "global", equivalent: []string{}, variant: queueFull, logEvidence: floats.LogSumExp(terms) + math.Log(roomForQueue)}
	s.limit(h, s.table.InHand(later), best, queueFull)
	return h
}

// answeredLater is how long after a place is free the answer is seen, in halves of what a
// refusal takes: the network alone, or the work on an acceptance too.
var answeredLater = []time.Duration{1, 2, 3, 4, 6}

// queueFull is what such a limit is on.
const queueFull = "upgrades in hand"

func saysQueue(s *study, h *hypothesis) string {
	if h.variant == queueFull {
		return fmt.Sprintf("The gateway, or what checks tokens for it, has room for %s that wait for their answer and refuses the rest with %s.",
			plural(int(h.threshold.Value), "upgrade"), s.majority)
	}
	return fmt.Sprintf("The gateway, or what checks tokens for it, keeps up with %s upgrades a second; whoever would wait longer than %s is refused with %s.",
		figure(h.threshold.Value), seconds(s.table.RefusedWait.Seconds()), s.majority)
}

func storyQueue(s *study, h *hypothesis) string {
	if h.variant == queueFull {
		return verdictOn(fmt.Sprintf("a queue with room for %s", plural(int(h.threshold.Value), "upgrade")), h, s) +
			fmt.Sprintf("; acceptances took %s, refusals %s (medians)", seconds(s.table.Usual.Seconds()), seconds(s.table.RefusedWait.Seconds()))
	}
	return verdictOn(fmt.Sprintf("a queue that is served at %s a second, with room for %.0f,", figure(h.threshold.Value), h.burst.Value), h, s) +
		fmt.Sprintf("; refusals took %s, acceptances up to that", seconds(s.table.RefusedWait.Seconds()))
}
