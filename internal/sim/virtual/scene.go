package virtual

import (
	"math/rand/v2"
	"time"

	"why403/capture"
)

// Scene is what is simulated.
type Scene struct {
	Seed    uint64
	Loads   []Load  // one after the other
	Late    float64 // the recording begins so many seconds after the first load, 0: before it
	Gap     float64 // seconds between them, default 5; by then all sockets of the first are closed
	Network Network
	Gateway Gateway
	Cast    Cast
	Tokens  Tokens
}

// Network is what lies between the recorder and the gateway.
type Network struct {
	Way    float64 // one way, seconds
	Jitter float64 // mean of what is added to Way, exponentially distributed
	Skew   float64 // the gateway's clock less the recorder's
	Dates  float64 // the share of answers with a Date field, 0 to 1
}

// Gateway decides by its rules; the first that refuses answers.
type Gateway struct {
	Rules   []Rule
	Refusal Refusal // of rules that have none of their own
	Work    float64 // from the decision to the answer
	// PerOpen is how much longer an answer takes for each open socket: load that
	// shows in latency and refuses nobody.
	PerOpen float64
	MaxLife float64 // sockets are ended with 1001 after this long, 0 never
}

// Run plays the scene. The run returned is valid in the sense of
// [capture.Run.CheckValid].
func (s Scene) Run() *capture.Run {
	w := newWorld(s)
	begin := 0.0
	for i := range s.Loads {
		l := &s.Loads[i]
		w.play(l, begin)
		begin += l.Until + s.gap()
	}
	run := w.recording()
	if s.Late > 0 {
		from := run.Started.Add(seconds(s.Late))
		before := openAt(run, from)
		run = between(run, from, run.Ended.Add(1), 0)
		run.Losses = append(run.Losses, capture.Loss{At: from, Kind: capture.LostLate, Count: before})
	}
	return run
}

// openAt is how many sockets were open at a moment.
func openAt(run *capture.Run, at capture.Instant) int64 {
	n := int64(0)
	for _, u := range run.Upgrades {
		if s := u.Socket; s.Opened.Seen() && s.Opened < at && (!s.Closed.Seen() || s.Closed >= at) {
			n++
		}
	}
	return n
}

// Recordings plays the scene and returns a recording of each load, as a recorder that
// was started for each would have made them: a token that is used in two has another
// fingerprint in each.
func (s Scene) Recordings() []*capture.Run {
	var list []*capture.Run
	whole := s.Run()
	from := whole.Started
	for i, l := range s.Loads {
		until := from.Add(seconds(l.Until + s.gap()))
		if i == len(s.Loads)-1 {
			until = whole.Ended.Add(1)
		}
		list = append(list, between(whole, from, until, i))
		from = until
	}
	return list
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (s Scene) gap() float64 {
	if s.Gap == 0 {
		return 5
	}
	return s.Gap
}

func newWorld(s Scene) *world {
	w := &world{
		scene: s,
		load:  rand.New(rand.NewPCG(s.Seed, 1)), net: rand.New(rand.NewPCG(s.Seed, 2)),
		gate: rand.New(rand.NewPCG(s.Seed, 3)),
	}
	w.record.epoch = drawEpoch(rand.New(rand.NewPCG(s.Seed, 4)))
	w.tokens = newTokenShop(w)
	w.cast = newCompany(s.Cast, rand.New(rand.NewPCG(s.Seed, 5)))
	for _, r := range s.Gateway.Rules {
		w.judges = append(w.judges, r(&Clock{w}))
	}
	return w
}
