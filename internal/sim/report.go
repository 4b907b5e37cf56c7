package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// InBandWithin is how soon after its 101 a socket must be closed by the gateway
// to count as refused in band.
const InBandWithin = time.Second

// LoadReport is what a load saw. Its JSON form has durations in seconds.
type LoadReport struct {
	Started  time.Time     `json:"started"` // UTC
	Duration time.Duration `json:"-"`       // "duration_s"

	Attempts int            `json:"attempts"`  // upgrades begun: the sum of Status and the Errors of attempts
	Status   map[int]int    `json:"status"`    // answers by status, 101 included
	InBand   map[int]int    `json:"in_band"`   // of the 101s, closed by the gateway within InBandWithin, by close code
	Closed   map[int]int    `json:"closed"`    // of the 101s, closed by the gateway later, by close code
	Errors   map[string]int `json:"errors"`    // by kind: "timeout", "connect", "proxy", "tls", "reset", "closed", "handshake", "lost", "cancelled", "other"
	PeakOpen int            `json:"peak_open"` // sockets open at once, from 101 to the first Close frame; those refused in band too

	FirstError    string          `json:"first_error,omitempty"`   // text of the first error, "" if there was none
	First         *ObservedAnswer `json:"first_refusal,omitempty"` // nil if there was none
	Last          *ObservedAnswer `json:"last_refusal,omitempty"`
	Accepted      Durations       `json:"accepted"` // from dialling to 101
	Refused       Durations       `json:"refused"`  // from dialling to any other answer
	TokensFetched int             `json:"tokens_fetched"`
	TokenErrors   map[string]int  `json:"token_errors"` // by status of the answer, "429", or by kind
}

// MarshalJSON implements [json.Marshaler].
func (r LoadReport) MarshalJSON() ([]byte, error) {
	type plain LoadReport // without this method
	return json.Marshal(struct {
		plain
		DurationS float64 `json:"duration_s"`
	}{plain(r), r.Duration.Seconds()})
}

// ObservedAnswer is a refusal as the client saw it, without the values of
// Set-Cookie and the token that was refused.
type ObservedAnswer struct {
	At     time.Time   `json:"at"` // UTC
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"` // at most 1,024 bytes
}

// observe keeps a refusal of an upgrade that carried token.
func observe(at time.Time, res *http.Response, token string) *ObservedAnswer {
	body, _ := io.ReadAll(res.Body) // in memory already
	a := &ObservedAnswer{at.UTC(), res.StatusCode, res.Header.Clone(), string(body)}
	for name, values := range a.Header {
		for i := range values {
			values[i] = mask(values[i], token)
			if name == "Set-Cookie" {
				values[i] = masked
			}
		}
	}
	a.Body = mask(a.Body, token)
	return a
}

// masked stands where a secret was.
const masked = "…"

// mask replaces a token where a gateway repeats it.
func mask(s, token string) string {
	if token == "" {
		return s
	}
	return strings.ReplaceAll(s, token, masked)
}

// Durations sums up some durations.
type Durations struct {
	N        int
	Min, Max time.Duration
	Sum      time.Duration
}

// MarshalJSON implements [json.Marshaler].
func (d Durations) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		N    int     `json:"n"`
		Min  float64 `json:"min_s"`
		Mean float64 `json:"mean_s"`
		Max  float64 `json:"max_s"`
	}{d.N, d.Min.Seconds(), d.Mean().Seconds(), d.Max.Seconds()})
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
