package virtual

import (
	"fmt"
	"net/http"
	"strings"

	"why403/capture"
)

// refused notes an answer other than 101.
func (r *recorder) refused(w *world, a *Arrival) {
	f, u := a.Refusal, a.up
	status := f.Status
	if status == 0 {
		status = http.StatusForbidden
	}
	date := r.answered(w, a, status)
	u.Outcome = capture.Refused
	body := f.Body
	if body == "" && !f.Empty {
		body = `{"error":"forbidden"}`
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\nServer: simulated\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s",
		status, http.StatusText(status), len(body), date)
	for _, field := range f.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", field.Name, field.Value)
	}
	b.WriteString("Connection: close\r\n\r\n")
	u.ResponseHead, u.Body, u.BodyBytes = r.keep(b.String()), []byte(body), int64(len(body))
	u.Phases.ResponseEnd = u.Phases.ResponseHead
}

func (r *recorder) dropped(w *world, a *Arrival) {
	a.up.Outcome, a.up.Failure = capture.Dropped, "the gateway closed the connection without an answer"
	a.up.Phases.ResponseEnd = r.moment(w.now)
}

func (r *recorder) timedOut(w *world, a *Arrival) {
	a.up.Phases.ResponseEnd = r.moment(w.now)
	a.up.Outcome, a.up.Failure = capture.TimedOut, fmt.Sprintf("no answer within %v s", Patience)
}

// left notes a client that waits no longer.
func (r *recorder) left(w *world, a *Arrival) {
	a.up.Phases.ResponseEnd = r.moment(w.now)
	a.up.Outcome, a.up.Failure = capture.ClientGone, "the client closed the connection before an answer came"
}

// closed notes a socket that the client ended at one moment and whose end was
// confirmed at another.
func (r *recorder) closed(a *Arrival, at, confirmed float64, abrupt bool) {
	s := &a.up.Socket
	s.EndedBy, s.Closed = capture.Client, r.moment(confirmed)
	if abrupt {
		s.How, s.Closed = capture.FIN, r.moment(at)
		return
	}
	s.How, s.Closing, s.CloseCode = capture.CloseFrame, r.moment(at), 1000
}

// expelled notes a socket that the gateway ended.
func (r *recorder) expelled(a *Arrival, at float64, code int, reason string) {
	s := &a.up.Socket
	s.EndedBy, s.How, s.CloseCode, s.CloseReason = capture.Gateway, capture.CloseFrame, code, reason
	s.Closing = max(r.moment(at), s.Opened)
	s.Closed = s.Closing.Add(200_000)
}

// recording is what was noted, as a run.
func (w *world) recording() *capture.Run {
	r := &w.record
	c := &capture.Collector{}
	for _, u := range r.upgrades {
		c.Put(*u)
	}
	for _, t := range r.tokens {
		c.Put(t)
	}
	for _, q := range r.requests {
		c.Put(q)
	}
	for _, s := range r.clock {
		c.Put(s)
	}
	return c.Run(capture.Meta{
		ID: fmt.Sprintf("%016x", w.scene.Seed), Source: "simulation", Version: "virtual",
		Started: r.moment(0), Ended: r.moment(w.now + 0.1),
	})
}
