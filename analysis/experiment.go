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
	plan  func(loadFacts) *plan // nil if the recorded load does not allow it
	steps func(*study, loadFacts) []string
}

// The menu's names.
const (
	freshTokens = "fresh token for each upgrade"
	closeThird  = "close a third and reopen"
	belowLimit  = "hold just below the suspected limit"
	churnBelow  = "open and close below the suspected limit"
	slowRamp    = "slower ramp"
	fastRamp    = "faster ramp"
	thirds      = "slower ramp, then reopen thirds"
	twoClients  = "two client ids"
	twoSources  = "two source addresses"
	probeSource = "the same load, and a few from a second address"
	oneEdge     = "one gateway address"
	halfPace    = "half the pace, and a few with fresh tokens"
	agedTokens  = "old tokens at low load"
	restTokens  = "let tokens rest, then use them again"
)

// How experiments differ from the recorded load.
const (
	slower   = 3
	halved   = 2   // how much longer everything takes at half the pace
	slowed   = 2   // of thirds: long enough to part time from load
	belowBy  = 0.8 // of the suspected limit
	longer   = 1.5 // so that refusals of a second time are seen to end
	agedMore = 1.5 // times as old as any token of the recording
)

// menu is in the order of cost, the cheapest first: among equals that one is taken.
var menu = []*experiment{
	{freshTokens, "it keeps the load and takes the age and the use of tokens away",
		func(f loadFacts) *plan {
			return f.ramped(f.ramp).each(func(m *move) { m.token, m.age = 1+m.socket, 0 })
		},
		func(*study, loadFacts) []string {
			return []string{"Run the same plan with -Jtoken.mode=iteration (needs -Jtoken.url, -Jclient.id, -Jclient.secret), or move the Token sampler into the thread group, before the upgrade."}
		}},
	{slowRamp, "what depends on time comes earlier in the ramp, what depends on the load does not",
		func(f loadFacts) *plan { return f.ramped(slower * f.ramp) },
		func(s *study, f loadFacts) []string {
			return []string{fmt.Sprintf("Run the same plan with -Jrampup=%d, %d times as long.", max(1, int(slower*f.ramp)), slower)}
		}},
	{fastRamp, "what depends on a rate comes earlier, what depends on time later, what depends on open sockets at the same number",
		func(f loadFacts) *plan { return f.ramped(f.ramp / slower) },
		func(s *study, f loadFacts) []string {
			return []string{fmt.Sprintf("Run the same plan with -Jrampup=%d, a third as long.", max(1, int(f.ramp/slower)))}
		}},
	{closeThird, "places that become free again tell a limit on open sockets from everything that only counts or ages",
		func(f loadFacts) *plan {
			return f.ramped(f.ramp).reopen(f, reopening{closes: f.ramp + 10, away: f.away(), times: 1, part: "the reopened"})
		},
		func(s *study, f loadFacts) []string {
			return []string{
				"Ramp up until upgrades are refused, and keep the sockets open.",
				fmt.Sprintf("Let a third of the threads close their sockets, and after a pause of %s open again, those too that were refused, while the rest stay: a second Thread Group with a hold of its own, two loops and that pause.", seconds(f.away())),
				"Count how many of the reopened ones are refused.",
				fmt.Sprintf("The plan of docs/jmeter.md does this with -Jreopen.at=%d -Jreopen.away=%d.", int(f.ramp)+10, int(f.away())+1),
			}
		}},
	{thirds, "it parts time, number of upgrades, open sockets and the age and use of tokens from one another in one run",
		func(f loadFacts) *plan {
			old, fresh := f.reopenings()
			return f.ramped(slowed*f.ramp).reopen(f, old).reopen(f, fresh)
		},
		func(s *study, f loadFacts) []string {
			return []string{
				fmt.Sprintf("Run the same plan with -Jrampup=%d, twice as long, and keep the sockets open.", max(1, int(slowed*f.ramp))),
				fmt.Sprintf("When all threads have started, let two thirds of them close their sockets, and after a pause of %s open again, those too that were refused: one third with a token fetched for each, one third with the tokens used so far, and that %d times in a row, %d s each.", seconds(f.away()), inARow, holdAgain),
				"Count the refused of the ramp and of each third.",
				fmt.Sprintf("The plan of docs/jmeter.md does this with -Jreopen.at=%d -Jreopen.away=%d -Jreopen.rounds=%d -Jreopen.fresh=true.", int(slowed*f.ramp)+10, int(f.away())+1, inARow),
			}
		}},
	{belowLimit, "it takes away the load that is suspected and keeps the time and the age of tokens",
		func(f loadFacts) *plan {
			n := f.below()
			f.threads = n
			return f.ramped(min(30, f.ramp)).late(f, max(1, n/8), 1.5*f.ramp+20)
		},
		func(s *study, f loadFacts) []string {
			return []string{
				fmt.Sprintf("Run with -Jthreads=%d and -Jhold=%d, longer than the upgrades of this recording took.", f.below(), int(1.5*f.ramp)+31),
				"Then open a few more with the tokens used so far, staying below the limit.",
			}
		}},
	{churnBelow, "it passes the suspected number of upgrades without ever having that many sockets open",
		func(f loadFacts) *plan {
			f.threads = f.below()
			return f.churned(f.loops(), 5, min(30, f.ramp))
		},
		func(s *study, f loadFacts) []string {
			return []string{
				fmt.Sprintf("Run with -Jthreads=%d, a short -Jhold (5) and -Jloops=%d: more upgrades than were made before the first refusal, never more than %d open.", f.below(), f.loops(), f.below()),
			}
		}},
	{agedTokens, "it keeps the age of tokens and takes the load away",
		func(f loadFacts) *plan {
			f.threads = max(5, f.limit/10)
			return f.ramped(30).each(func(m *move) { m.age = agedMore * (f.age + f.ramp) })
		},
		func(s *study, f loadFacts) []string {
			return []string{
				fmt.Sprintf("Fetch %d tokens and let them lie for %s.", max(5, f.limit/10), seconds(agedMore*(f.age+f.ramp))),
				"Then open one socket with each, with nothing else running: -Jtoken.mode=static with -Jtoken=….",
			}
		}},
	{twoClients, "a limit kept under a client id or a token then comes at twice the number",
		func(f loadFacts) *plan {
			return f.ramped(f.ramp).each(func(m *move) {
				m.client = m.socket % 2
				if f.shared {
					m.token = m.client
				}
			})
		},
		func(*study, loadFacts) []string {
			return []string{"Run the same plan with half of the threads under a second -Jclient.id."}
		}},
	{twoSources, "a limit kept under the source address then comes at twice the number",
		func(f loadFacts) *plan {
			return f.ramped(f.ramp).each(func(m *move) { m.source = m.socket % 2 })
		},
		func(*study, loadFacts) []string {
			return []string{"Run the same plan with half of the threads on a second machine or source address."}
		}},
	{probeSource, "while the load is refused, the second address tells whether only the first is, and when refusals end tells whether that depends on when they began",
		func(f loadFacts) *plan {
			return f.goingOn(longer).probed("those from the second address", func(m *move) { m.source = 1 })
		},
		func(_ *study, f loadFacts) []string {
			return []string{
				fmt.Sprintf("Run the same plan again, for half as long again: with -Jloops=-1 -Jduration=%d.", int(math.Ceil(longer*f.ramp))),
				fmt.Sprintf("Meanwhile open a socket now and then, one for %d of the load, from another machine or source address.", oneProbeIn),
				"Look whether the load is refused again, and whether the second address is refused at the same time.",
			}
		}},
	{halfPace, "what ages comes after half as many upgrades, what counts them at the same number, and fresh tokens tell whether a token's are counted or all",
		func(f loadFacts) *plan {
			return f.slowly(halved).probed("those with fresh tokens", func(m *move) { m.token, m.age = 1<<30+m.socket, 0 })
		},
		func(*study, loadFacts) []string {
			return []string{
				"Run the same plan at half the pace: the ramp-up, the hold time and every pause twice as long.",
				fmt.Sprintf("In a second Thread Group, with one thread for %d of the first, fetch a token for each upgrade (-Jtoken.mode=iteration).", oneProbeIn),
				"Look whether refusals begin at the same number of upgrades as before or at the same age of the token, and whether fresh tokens pass.",
			}
		}},
	{restTokens, "what counts the uses of a token within a time forgets them while it rests, and what counts all of them does not",
		func(f loadFacts) *plan { return f.rested() },
		func(s *study, f loadFacts) []string {
			return []string{
				"Run the same plan again, and keep its tokens.",
				fmt.Sprintf("Then let all threads pause, half of them for %s and half for %s, longer than this recording took.", seconds(f.shortRest()), seconds(f.rest())),
				fmt.Sprintf("After each pause open sockets with a few of the tokens that were refused before and had that pause, %s each in a row.", times(f.usesAgain())),
			}
		}},
	{oneEdge, "a limit kept by each of the gateway's addresses then comes at its own number",
		func(f loadFacts) *plan {
			if f.edges < 2 {
				return nil
			}
			return f.ramped(f.ramp).each(func(m *move) { m.edge = 0 })
		},
		func(*study, loadFacts) []string {
			return []string{"Pin the gateway's name to one of its addresses (in /etc/hosts) and run the same plan; then to another."}
		}},
}

// below is a number of threads safely under the suspected limit.
func (f loadFacts) below() int { return max(1, int(belowBy*float64(f.limit))) }

// loops is how often each of so many threads opens a socket to make half as many
// upgrades again as are suspected to be allowed.
func (f loadFacts) loops() int { return 2 + 3*max(f.limit, f.upgrades)/(2*f.below()) }
