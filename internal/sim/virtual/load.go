package virtual

import "math/rand/v2"

// Load is what a load tool does: threads that each open a socket, hold it, close
// it, pause and begin again.
type Load struct {
	Threads int
	Shape   Shape   // when they start
	Over    float64 // the starts are spread over this long
	Waves   int     // of Steps and Bursts
	Until   float64 // seconds from the load's start; then sockets close, nothing new begins

	Hold    float64 // mean life of a socket; 0: until the load ends
	Pause   float64 // mean time between two iterations of a thread
	Spread  float64 // Hold and Pause vary evenly by this share, 0 to 1; default 0.5
	Once    bool    // one iteration a thread
	Retries int     // further attempts within an iteration after a refusal
	Backoff float64 // before the first retry; doubles with each
	Leaves  float64 // the share of sockets ended without a Close frame
	Reopen  float64 // at this time every third thread closes its socket, if it was let one, and opens another, 0 never
	Renewed float64 // at this time the next third does, each with a token fetched for it
	Away    float64 // how long these stay without one, if longer than a moment
	Rounds  int     // how often those of Reopen do, 0: once
	Sampled int     // one of so many threads fetches a token for each upgrade, 0: none
	Late    int     // so many of the threads start when the load is all but over
	Rest    float64 // from this time until the load is all but over nobody attempts anything, 0 never
	Uses    int     // after the rest each thread uses its token so often in a row, 0: as before
	GiveUp  float64 // the client leaves if no answer came within this, 0: never

	Tokens *Tokens // in place of the scene's
	Cast   *Cast   // in place of the scene's
}

// Shape is how the threads of a load start.
type Shape int

const (
	Ramp   Shape = iota // evenly
	Steps               // in Waves steps; within a step at once, as JMeter's Concurrency Thread Group does
	Bursts              // in Waves bursts at random moments
	Spike               // a quarter evenly, the rest at once at half time
	Random              // at random moments
)

// atOnce is how long it takes a tool to start threads "at once", for each.
const atOnce = 0.002

// lateBy is how long before the load's end, in seconds, the last ones begin.
const lateBy = 10

// starts returns when each thread begins, seconds after the load.
func (l *Load) starts(r *rand.Rand) []float64 {
	at := make([]float64, l.Threads)
	bursts := make([]float64, max(1, l.Waves))
	for i := range bursts {
		bursts[i] = l.Over * r.Float64()
	}
	for i := range at {
		even := l.Over * (float64(i) + r.Float64()) / float64(l.Threads)
		wave := i * len(bursts) / l.Threads
		switch {
		case l.Shape == Steps:
			at[i] = l.Over*float64(wave)/float64(len(bursts)) + atOnce*float64(i%(l.Threads/len(bursts)+1))*r.Float64()
		case l.Shape == Bursts:
			at[i] = bursts[wave] + atOnce*float64(i)*r.Float64()
		case l.Shape == Spike && i >= l.Threads/4:
			at[i] = l.Over/2 + atOnce*float64(i)*r.Float64()
		case l.Shape == Spike:
			at[i] = 2 * even
		case l.Shape == Random:
			at[i] = l.Over * r.Float64()
		default:
			at[i] = even
		}
	}
	for i := len(at) - l.Late; i < len(at); i++ {
		at[i] = l.Until - lateBy*r.Float64()
	}
	return at
}

func (l *Load) draw(r *rand.Rand, mean float64) float64 {
	spread := l.Spread
	if spread == 0 {
		spread = 0.5
	}
	return vary(r, mean, spread)
}
