package sim

import (
	"net/http"
	"time"
)

// InBandWithin is how soon after its 101 a socket must be closed by the gateway
// to count as refused in band.
const InBandWithin = time.Second

// LoadReport is what a load saw.
type LoadReport struct {
	Started  time.Time // UTC
	Duration time.Duration

	Attempts int            // upgrades begun: the sum of Status and the Errors of attempts
	Status   map[int]int    // answers by status, 101 included
	InBand   map[int]int    // of the 101s, closed by the gateway within InBandWithin, by close code
	Closed   map[int]int    // of the 101s, closed by the gateway later, by close code
	Errors   map[string]int // by kind: "timeout", "connect", "proxy", "tls", "reset", "closed", "handshake", "lost", "cancelled", "other"
	PeakOpen int            // sockets open at once, from 101 to the first Close frame; those refused in band too

	FirstError    string          // text of the first error, "" if there was none
	First, Last   *ObservedAnswer // first and last refusal, nil if there was none
	Accepted      Durations       // from dialling to 101
	Refused       Durations       // from dialling to any other answer
	TokensFetched int
	TokenErrors   map[string]int // by status of the answer, "429", or by kind
}

// ObservedAnswer is a refusal as the client saw it.
type ObservedAnswer struct {
	At     time.Time // UTC
	Status int
	Header http.Header // values of Set-Cookie left out
	Body   []byte      // at most 1,024 bytes
}

// Durations sums up some durations.
type Durations struct {
	N        int
	Min, Max time.Duration
	Sum      time.Duration
}

// Mean is 0 if there are none.
func (d Durations) Mean() time.Duration {
	if d.N == 0 {
		return 0
	}
	return d.Sum / time.Duration(d.N)
}

func (d *Durations) add(v time.Duration) {
	if d.N == 0 || v < d.Min {
		d.Min = v
	}
	d.Max = max(d.Max, v)
	d.Sum += v
	d.N++
}
