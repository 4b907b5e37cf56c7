package analysis

import (
	"fmt"
	"math"
)

// experiment is one entry of the menu: a run that treats some causes differently.
type experiment struct {
	name string
	// why follows "because": what it holds still and what it moves.
	why   string
	steps func(*study, int) []string // with the suspected limit, 0 if none
}

// The menu's names.
const (
	freshTokens = "fresh token for each upgrade"
	closeThird  = "close a third and reopen"
	belowLimit  = "hold just below the suspected limit"
	churnBelow  = "open and close below the suspected limit"
	slowRamp    = "slower ramp"
)

// slower is by how much the slow ramp is slower.
const slower = 3

// menu is in the order of cost, the cheapest first: among equals that one is taken.
var menu = []*experiment{
	{freshTokens, "it keeps the load and takes the age and the use of tokens away",
		func(*study, int) []string {
			return []string{"Run the same plan with -Jtoken.mode=iteration (needs -Jtoken.url, -Jclient.id, -Jclient.secret)."}
		}},
	{closeThird, "places that become free again tell a limit on open sockets from everything that only counts or ages",
		func(s *study, n int) []string {
			return []string{
				"Ramp up until upgrades are refused, and keep the sockets open.",
				fmt.Sprintf("Close a third of them and open as many again: a second Thread Group with a delay, or -Jhold=%d with -Jloops=2, so that sockets close and reopen while the rest stay.", max(10, int(s.duration()/3))),
				"Count how many of the reopened ones are refused.",
			}
		}},
	{belowLimit, "it takes away the load that is suspected and keeps the time and the age of tokens",
		func(s *study, n int) []string {
			return []string{
				fmt.Sprintf("Run with -Jthreads=%d and -Jhold=%d, longer than this recording took.", below(s, n), int(1.5*s.duration())+1),
				"Then open a few more with the tokens used so far, staying below the limit.",
			}
		}},
	{churnBelow, "it passes the suspected number of upgrades without ever having that many sockets open",
		func(s *study, n int) []string {
			t := below(s, n)
			return []string{
				fmt.Sprintf("Run with -Jthreads=%d, a short -Jhold (5) and -Jloops=%d: more upgrades than were made before the first refusal, never more than %d open.", t, 2+3*max(n, len(s.table.Attempts))/max(1, t), t),
			}
		}},
	{slowRamp, "what depends on time comes earlier in the ramp, what depends on the load does not",
		func(s *study, n int) []string {
			return []string{fmt.Sprintf("Run the same plan with -Jrampup=%d, %d times as long.", max(1, int(slower*s.duration())), slower)}
		}},
}

// below is a number of threads safely under the suspected limit.
func below(s *study, n int) int {
	if n == 0 {
		n = s.table.PeakOpen()
	}
	return max(1, n*8/10)
}

// nextExperiment returns the experiment whose outcome is expected to tell most
// about which candidate holds; nil if none tells anything.
func (s *study) nextExperiment(named []candidate) *Experiment {
	var best *experiment
	most := 0.01 // nats, below which a run is not worth making
	for _, x := range menu {
		if gain := s.expectedGain(named, x); gain > most+1e-9 {
			best, most = x, gain
		}
	}
	if best == nil {
		return nil
	}
	e := &Experiment{Name: best.name, Do: best.steps(s, suspectedLimit(named)), Predictions: map[string]float64{}}
	for _, c := range named {
		e.Predictions[c.best.cause.name] = round(c.best.cause.predict(s, c.best, best), 3)
	}
	e.Why = best.why + "."
	return e
}

func suspectedLimit(named []candidate) int {
	for _, c := range named {
		if c.best.cause == concurrencyCap && c.best.threshold != nil {
			return int(c.best.threshold.Value)
		}
	}
	return 0
}

// expectedGain is the mutual information, in nats, between which candidate holds
// and whether an upgrade of the experiment is refused. A prediction is never taken
// for certain.
func (s *study) expectedGain(named []candidate, x *experiment) float64 {
	var total, mixed, within float64
	for _, c := range named {
		total += c.probability
	}
	for _, c := range named {
		p := min(max(c.best.cause.predict(s, c.best, x), 0.02), 0.98)
		mixed += c.probability / total * p
		within += c.probability / total * entropy(p)
	}
	return entropy(mixed) - within
}

func entropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log(p) - (1-p)*math.Log(1-p)
}
