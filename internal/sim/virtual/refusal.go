package virtual

import "why403/capture"

// Refusal is how an upgrade is refused. The zero value is a 403 with a short JSON
// body.
type Refusal struct {
	Status  int    // default 403
	Body    string // default `{"error":"forbidden"}`
	Empty   bool   // no body
	Fields  []Field
	Latency float64 // beside the gateway's work

	Drop    bool // close the connection without an answer
	Silent  bool // never answer; the recorder stops waiting after Patience
	Code    int  // of a Close frame after 101: refused in band
	Reason  string
	Message string // a text message before that Close frame
}

// Patience is how long the recorder waits for an answer, in seconds.
const Patience = 10.0

// answerRefusal sends a refusal in its form.
func (w *world) answerRefusal(t *thread, a *Arrival, work float64) {
	r := a.Refusal
	wait := work + r.Latency
	switch {
	case r.Silent:
		w.at(a.sent+Patience, func() { t.refused(a, w.record.timedOut) })
	case r.Drop:
		w.after(wait+w.delay(), func() { t.refused(a, w.record.dropped) })
	case r.Code != 0:
		w.after(wait+w.delay(), func() { t.sentAway(a) })
	default:
		w.after(wait+w.delay(), func() { t.refused(a, w.record.refused) })
	}
}

// refused is what the recorder and the thread make of an upgrade without a socket.
func (t *thread) refused(a *Arrival, note func(*world, *Arrival)) {
	if a.up.Outcome != capture.Pending {
		return
	}
	note(t.world, a)
	t.again()
}

// sentAway is a 101 after which the gateway says no.
func (t *thread) sentAway(a *Arrival) {
	if a.up.Outcome != capture.Pending {
		return
	}
	a.ended = true
	t.record.accepted(t.world, a)
	t.after(0.001+t.scene.Network.Jitter*t.net.Float64(), func() {
		a.up.Socket.ServerFirst = a.Refusal.Message
		t.record.expelled(a, t.now, a.Refusal.Code, a.Refusal.Reason)
		t.again()
	})
}
