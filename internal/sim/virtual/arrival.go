package virtual

import "why403/capture"

// Arrival is an upgrade as the gateway sees it.
type Arrival struct {
	*Person
	Token *Token // nil: none was sent
	Edge  int    // which of the gateway's addresses it came to
	At    float64
	// Luck is a number drawn for this upgrade that nobody sees.
	Luck  uint64
	Fault Fault // what is wrong with the token as it was sent

	Fields  []Field // header fields beside the usual ones
	Path    string
	Refusal *Refusal
	// Delay is what a rule adds to the time that the answer takes.
	Delay float64

	thread *thread
	sent   float64 // when it left the load tool
	up     *capture.Upgrade
	begun  bool // the gateway counts its socket
	ended  bool // somebody has ended the socket
}

// Field is a header field.
type Field struct{ Name, Value string }

// Get returns the value of the field with that name, "" if there is none.
func (a *Arrival) Get(name string) string {
	for _, f := range a.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// decide asks the rules about an upgrade that has reached the gateway, and answers
// it.
func (t *thread) decide(a *Arrival) {
	w := t.world
	a.At = w.now
	refused := w.refuses(a)
	for _, j := range w.judges {
		if !refused && j.Opened != nil {
			j.Opened(a)
		}
		if refused && j.Turned != nil {
			j.Turned(a)
		}
	}
	work := w.scene.Gateway.Work*(0.5+w.gate.Float64()) + w.scene.Gateway.PerOpen*float64(w.open) + a.Delay
	if !refused {
		w.open++
		a.begun = true
		w.after(work+w.delay(), func() { t.accepted(a) })
		return
	}
	w.answerRefusal(t, a, work)
}

// refuses asks each rule, even after one has refused: rules count what they see.
func (w *world) refuses(a *Arrival) bool {
	for i := range w.judges {
		j := &w.judges[i]
		if !j.Refuse(a) {
			continue
		}
		a.Refusal = &w.scene.Gateway.Refusal
		if j.Refusal != nil {
			a.Refusal = j.Refusal
		}
		return true
	}
	return false
}

// accepted is the arrival of a 101 at the recorder.
func (t *thread) accepted(a *Arrival) {
	if a.up.Outcome != capture.Pending {
		t.release(a) // the client is gone
		return
	}
	t.record.accepted(t.world, a)
	t.hold(a)
	if life := t.scene.Gateway.MaxLife; life > 0 {
		t.at(a.At+life, func() { t.expel(a, 1001, "idle timeout") })
	}
}

// release ends the gateway's count of a socket.
func (t *thread) release(a *Arrival) {
	if !a.begun {
		return
	}
	a.begun = false
	t.open--
	for _, j := range t.judges {
		if j.Closed != nil {
			j.Closed(a)
		}
	}
}

// expel ends a socket from the gateway's side.
func (t *thread) expel(a *Arrival, code int, reason string) {
	if a.ended {
		return
	}
	a.ended = true
	t.release(a)
	t.after(t.delay(), func() {
		t.record.expelled(a, t.now, code, reason)
		t.next()
	})
}
