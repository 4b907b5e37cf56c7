package analysis

import "fmt"

// A queue that is served at a rate, and that whoever would wait longer than some time
// is turned away from, refuses the same upgrades as a token bucket of that rate. What
// tells them apart is time: in the queue acceptances wait the longer the fuller it is,
// and refusals as long as it may take. A bucket decides at once.

// queueOdds is the log odds against a limit on the rate whose acceptances wait so.
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
func (s *study) unqueued(c *cause) float64 {
	if s.table.Queues && (c == rateLimit || c == quota) {
		return -queueOdds
	}
	return 0
}

func saysQueue(s *study, h *hypothesis) string {
	return fmt.Sprintf("The gateway, or what checks tokens for it, keeps up with %s upgrades a second; whoever would wait longer than %s is refused with %s.",
		figure(h.threshold.Value), seconds(s.table.RefusedWait.Seconds()), s.majority)
}

func storyQueue(s *study, h *hypothesis) string {
	return verdictOn(fmt.Sprintf("a queue that is served at %s a second, with room for %.0f,", figure(h.threshold.Value), h.burst.Value), h, s) +
		fmt.Sprintf("; refusals took %s, acceptances up to that", seconds(s.table.RefusedWait.Seconds()))
}
