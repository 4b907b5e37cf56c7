package virtual

import (
	"fmt"
	"math/rand/v2"
)

// Rule makes a judge for a scene that is about to be played.
type Rule func(*Clock) Judge

// Judge is one mechanism with its state.
type Judge struct {
	Refuse  func(*Arrival) bool // whether it refuses; asked of what earlier rules let through
	Opened  func(*Arrival)      // an upgrade passed all rules
	Turned  func(*Arrival)      // some rule refused it
	Closed  func(*Arrival)      // the gateway heard that a socket ended
	Refusal *Refusal            // nil: the gateway's
}

// Clock is what rules may use of the world.
type Clock struct{ w *world }

// Now is the true time, in seconds since the scene began.
func (c *Clock) Now() float64 { return c.w.now }

// Wall is the gateway's clock in Unix seconds.
func (c *Clock) Wall() float64 { return c.w.record.epoch + c.w.now + c.w.scene.Network.Skew }

// After arranges something.
func (c *Clock) After(d float64, do func()) { c.w.after(d, do) }

// Rand is for chance in the gateway.
func (c *Clock) Rand() *rand.Rand { return c.w.gate }

// With gives a rule a refusal of its own.
func (r Rule) With(f Refusal) Rule {
	return func(c *Clock) Judge {
		j := r(c)
		j.Refusal = &f
		return j
	}
}

// For applies a rule to some upgrades only; it does not see the others.
func (r Rule) For(some func(*Arrival) bool) Rule {
	return func(c *Clock) Judge {
		j := r(c)
		only := func(f func(*Arrival)) func(*Arrival) {
			if f == nil {
				return nil
			}
			return func(a *Arrival) {
				if some(a) {
					f(a)
				}
			}
		}
		refuse := j.Refuse
		j.Refuse = func(a *Arrival) bool { return some(a) && refuse(a) }
		j.Opened, j.Turned, j.Closed = only(j.Opened), only(j.Turned), only(j.Closed)
		return j
	}
}

// Key is what a rule counts under.
type Key func(*Arrival) string

// Global is one key for all; those that follow are the other scopes of the
// vocabulary.
func Global(*Arrival) string       { return "" }
func PerToken(a *Arrival) string   { return a.tokenName() }
func PerSubject(a *Arrival) string { return a.Subject }
func PerClient(a *Arrival) string  { return a.ClientID }
func PerOrg(a *Arrival) string     { return a.Organisation }
func PerSource(a *Arrival) string  { return a.Source.String() }
func PerEdge(a *Arrival) string    { return fmt.Sprint(a.Edge) }
func PerHost(a *Arrival) string    { return a.Host }
func (a *Arrival) tokenName() string {
	if a.Token == nil {
		return a.Fault.Sent
	}
	return string(a.Token.Fingerprint)
}
