package covariate

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"why403/analysis/clock"
	"why403/capture"
)

// Attempt is an upgrade that the gateway decided about, with what is the same
// under every reading.
type Attempt struct {
	Upgrade *capture.Upgrade
	// Sent and Answered bound the moment of the decision.
	Sent, Answered capture.Instant
	Refused        bool
	InBand         uint16 // the close code if it was refused in band, else 0
	Uses           int32  // earlier upgrades with the same token
	Token          *Token // nil if none was seen
	// Age and Left are the token's age and the time to its expiry at the
	// decision, on the gateway's clock, each within ± Error. They mean something
	// only if Token knows Issued and Expires.
	Age, Left, Error time.Duration
}

// Table is the decided attempts of a run, in the order of their answers.
type Table struct {
	Run      *capture.Run
	Axis     Axis // the time that was recorded
	Attempts []Attempt
	Refused  []bool // of Attempts, for loops that need nothing else
	Clock    clock.Offset
	Silence  Silence
	ClockSet bool // whether Clock could be estimated
	// Usual is the median time that an acceptance takes, Wait how long nearly
	// all take (19 in 20), Jitter by how much two waits usually differ, Transit by
	// how much the network alone makes them; RefusedWait is the median wait of refusals.
	Usual, Wait, Jitter, Transit, RefusedWait time.Duration
	// TimesOut says that refusals take about one time, longer than nearly every
	// acceptance: somebody waited for an answer that did not come.
	TimesOut bool
	// Queues says that acceptances wait for anything from nearly nothing to nearly that
	// time, or that those next to refusals waited nearly as long as these: all stand in one
	// queue, and leave it when the time is over.
	Queues bool
	// TokensUsual says that most attempts, or accepted ones, carry a token, so that one without is
	// known to have none.
	TokensUsual bool
	// jwtsUsual says that a token that cannot be read is none: those of accepted
	// attempts are JWTs.
	jwtsUsual bool

	stretches []int32        // of Attempts, on Axis
	clocks    []clock.Offset // of each part, if they are not one clock

	// What loops over many attempts look at, apart from the rest of them: moments in
	// the orders of answers, which is that of Attempts, and of requests, then by attempt.
	answeredAt, sentAt []capture.Instant
	sentOf, releasedAt []capture.Instant
	inBand, tokenless  []bool

	spare sync.Pool // of slices of counts by attempt

	inOrder  []int32 // positions in Attempts as they are
	bySent   []int32 // positions in Attempts in the order of requests
	opened   []int32 // accepted attempts in the order of their answers
	openedQ  []int32 // the same in the order of requests
	releases []release
}

// release is the end of an accepted socket as early as the gateway can have seen
// it, in the order of time.
type release struct {
	at  capture.Instant
	who int32
}

// Build derives the table of a run. What does not need each other is done at once: a pass over
// a long recording mostly waits for memory.
func Build(run *capture.Run) *Table {
	t := &Table{Run: run, Axis: newAxis(run)}
	var aside sync.WaitGroup
	aside.Go(t.setClock)
	t.decide()
	aside.Go(t.waits)
	t.order()
	aside.Wait() // tokens need the clock, and sockets the wait
	aside.Go(t.tokens)
	t.sockets()
	t.Queues = t.Queues || t.TimesOut && t.queuesBeside()
	aside.Wait()
	return t
}

func (t *Table) decide() {
	t.Silence = silence(t.Run)
	t.Attempts = make([]Attempt, 0, len(t.Run.Upgrades))
	for _, u := range t.Run.Upgrades {
		answered, ok := t.Silence.decided(u)
		if !ok {
			continue
		}
		code, inBand := InBand(u)
		t.Attempts = append(t.Attempts, Attempt{
			Upgrade: u, Sent: u.Phases.RequestSent, Answered: answered,
			Refused: inBand || u.Outcome != capture.Accepted, InBand: uint16(code),
		})
	}
	slices.SortStableFunc(t.Attempts, func(a, b Attempt) int { return cmp.Compare(a.Answered, b.Answered) })
	t.Refused, t.stretches = make([]bool, len(t.Attempts)), make([]int32, len(t.Attempts))
	for i := range t.Attempts {
		t.Refused[i] = t.Attempts[i].Refused
		t.stretches[i] = t.Axis.Of(t.Attempts[i].Upgrade)
	}
}

// waits sums up how long answers take, those of acceptances if there are any:
// refusals may be decided elsewhere.
func (t *Table) waits() {
	var accepted, refused []time.Duration
	for _, a := range t.Attempts {
		wait := a.Answered.Sub(a.Sent)
		if a.Refused {
			refused = append(refused, wait)
		} else {
			accepted = append(accepted, wait)
		}
	}
	slices.Sort(accepted)
	slices.Sort(refused)
	t.RefusedWait = quantile(refused, 0.5)
	t.TimesOut = timesOut(accepted, refused)
	t.Queues = t.TimesOut && quantile(accepted, 0.02) < t.RefusedWait/3 && quantile(accepted, 0.9) > t.RefusedWait/2
	for i, wait := range accepted {
		accepted[i] = min(wait, maxWait)
	}
	if len(accepted) == 0 {
		accepted = refused
	}
	t.Usual = quantile(accepted, 0.5)
	t.Wait = min(max(quantile(accepted, 0.95), leastWait), maxWait)
	t.Jitter = min(max((quantile(accepted, 0.95)-quantile(accepted, 0.05))/2, leastJitter), maxWait)
	t.Transit = t.transit()
}

// shortestTimeout is below any time that a gateway waits for whoever it asks.
const shortestTimeout = 150 * time.Millisecond

// timesOut compares waits, sorted.
func timesOut(accepted, refused []time.Duration) bool {
	low, middle, high := quantile(refused, 0.1), quantile(refused, 0.5), quantile(refused, 0.9)
	return middle > shortestTimeout && high-low < middle/5 && quantile(accepted, 0.9) < low
}

// What two moments noted on one machine may be off by, however fast the network.
const (
	leastWait   = 2 * time.Millisecond
	leastJitter = time.Millisecond
)

func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func (t *Table) order() {
	t.inOrder = make([]int32, len(t.Attempts))
	for i := range t.inOrder {
		t.inOrder[i] = int32(i)
	}
	t.bySent = slices.Clone(t.inOrder)
	slices.SortStableFunc(t.bySent, func(a, b int32) int {
		return cmp.Compare(t.Attempts[a].Sent, t.Attempts[b].Sent)
	})
	t.columns()
}

// sockets puts the accepted attempts and their ends in order.
func (t *Table) sockets() {
	for i := range t.Attempts {
		if t.accepted(int32(i)) {
			t.opened = append(t.opened, int32(i))
			t.addRelease(int32(i))
		}
	}
	for _, i := range t.bySent {
		if t.accepted(i) {
			t.openedQ = append(t.openedQ, i)
		}
	}
	slices.SortStableFunc(t.releases, func(a, b release) int { return cmp.Compare(a.at, b.at) })
}

// accepted reports whether an attempt was answered 101, if only to be refused in band.
func (t *Table) accepted(i int32) bool { return !t.Refused[i] || t.inBand[i] }

func (t *Table) columns() {
	n := len(t.Attempts)
	t.answeredAt, t.sentAt = make([]capture.Instant, n), make([]capture.Instant, n)
	t.sentOf, t.releasedAt, t.inBand = make([]capture.Instant, n), make([]capture.Instant, n), make([]bool, n)
	for i := range t.Attempts {
		a := &t.Attempts[i]
		t.answeredAt[i], t.sentOf[i], t.releasedAt[i], t.inBand[i] = a.Answered, a.Sent, released(&a.Upgrade.Socket), a.InBand != 0
	}
	for k, i := range t.bySent {
		t.sentAt[k] = t.sentOf[i]
	}
}

// addRelease notes the end of a socket. What the gateway ended it had released
// before we heard of it, by up to a wait.
func (t *Table) addRelease(i int32) {
	s := &t.Attempts[i].Upgrade.Socket
	at := released(s)
	if !at.Seen() {
		return
	}
	if s.EndedBy == capture.Gateway {
		at = max(at.Add(-t.Wait), s.Opened)
	}
	t.releases = append(t.releases, release{at, i})
}

// Release returns when the socket of an attempt stopped counting as open, as early
// as the gateway can have seen it, and false if it did not or there was none.
func (t *Table) Release(i int) (capture.Instant, bool) {
	return t.releasedAt[i], t.releasedAt[i].Seen()
}
