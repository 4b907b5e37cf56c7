package sim

import (
	"maps"
	"math/rand/v2"
	"time"
)

// Reason says why an upgrade was refused. Where the rule is a cause that the
// analysis knows, it has that cause's name.
type Reason string

const (
	ReasonCap         Reason = "concurrency-cap"
	ReasonCapPerToken Reason = "concurrency-cap per token"
	ReasonRate        Reason = "rate-limit"
	ReasonQuota       Reason = "quota"
	ReasonOutage      Reason = "outage"
	ReasonMissing     Reason = "token-missing"
	ReasonUnknown     Reason = "token-unknown" // not issued here, or altered
	ReasonExpired     Reason = "token-expired"
	ReasonNotYet      Reason = "token-not-yet-valid"
	ReasonTooOld      Reason = "token-too-old"
	ReasonRandom      Reason = "random"
)

// Bearer is what the admission knows of an upgrade's token. The zero value is no
// token.
type Bearer struct {
	Key       string // tells the token from others without being it, "" for no token
	Known     bool   // issued by the gateway's issuer and not altered; the times are set
	IssuedAt  time.Time
	NotBefore time.Time
	ExpiresAt time.Time
}

// Decision is the admission's answer to one upgrade.
type Decision struct {
	Reason Reason // why refused, "" if admitted
	Slot   *Slot  // of an admitted socket, to be released when it ends; nil if refused
}

// Slot is an admitted socket's place under the caps.
type Slot struct {
	key      string
	released bool
}

// lingering is a slot whose socket has ended.
type lingering struct {
	key   string
	until time.Time
}

// Admission decides who is let in by the rules of [GatewayOptions]. It has no
// clock: the caller says what time it is, and times must not go backwards, so
// that it can run in real and in virtual time. It is not safe for concurrent use.
type Admission struct {
	opt    GatewayOptions
	random *rand.Rand
	rate   bucket
	began  time.Time // of the first decision

	window  time.Time // the quota's current one
	through int       // let through in it

	held      int            // slots taken, lingering ones included
	heldBy    map[string]int // the same by token
	lingering []lingering    // in the order of until

	counts Counts
}

// Counts is what an [Admission] has decided so far.
type Counts struct {
	Accepted        int            `json:"accepted"`           // admitted
	Refused         map[Reason]int `json:"refused"`            // by reason
	Open            int            `json:"open"`               // admitted and not released, without lingering slots
	PeakOpen        int            `json:"peak_open"`          // largest Open
	PeakHeldByToken int            `json:"peak_held_by_token"` // largest number of slots held at once by one token, lingering ones included
}

// NewAdmission returns an admission in which no slot is taken.
func NewAdmission(opt GatewayOptions) *Admission {
	return &Admission{
		opt:    opt.withDefaults(),
		random: rand.New(rand.NewPCG(opt.Seed, 1)),
		rate:   bucket{perSecond: opt.RatePerSecond, burst: opt.Burst},
		heldBy: map[string]int{},
		counts: Counts{Refused: map[Reason]int{}},
	}
}

// Decide decides on an upgrade that arrives at now with the token b.
func (a *Admission) Decide(now time.Time, b Bearer) Decision {
	a.expire(now)
	a.turn(now)
	unlucky := a.random.Float64() < a.opt.ErrorRate // one number per decision, used or not
	reason := a.checkToken(now, b)
	if reason == "" && unlucky {
		reason = ReasonRandom
	}
	if reason == "" {
		reason = a.checkLimits(now, b)
	}
	if reason != "" {
		a.counts.Refused[reason]++
		return Decision{Reason: reason}
	}
	return Decision{Slot: a.admit(b)}
}

// checkToken applies the rules that look at the token alone.
func (a *Admission) checkToken(now time.Time, b Bearer) Reason {
	switch {
	case a.opt.RequireToken && b.Key == "":
		return ReasonMissing
	case a.opt.RequireToken && !b.Known:
		return ReasonUnknown
	case !b.Known:
		return ""
	case a.opt.CheckExpiry && now.Before(b.NotBefore.Add(-a.opt.Leeway)):
		return ReasonNotYet
	case a.opt.CheckExpiry && !now.Before(b.ExpiresAt.Add(a.opt.Leeway)):
		return ReasonExpired
	case a.opt.MaxTokenAge > 0 && now.Sub(b.IssuedAt) >= a.opt.MaxTokenAge:
		return ReasonTooOld
	}
	return ""
}

// checkLimits applies the rules that look at what was let through before.
func (a *Admission) checkLimits(now time.Time, b Bearer) Reason {
	outage := now.Sub(a.began) - a.opt.OutageAfter
	switch {
	case outage >= 0 && outage < a.opt.OutageFor:
		return ReasonOutage
	case !a.rate.has(now):
		return ReasonRate
	case a.opt.Quota > 0 && a.through >= a.opt.Quota:
		return ReasonQuota
	case a.opt.Cap > 0 && a.held >= a.opt.Cap:
		return ReasonCap
	case a.opt.CapPerToken > 0 && b.Key != "" && a.heldBy[b.Key] >= a.opt.CapPerToken:
		return ReasonCapPerToken
	}
	return ""
}

// turn begins the quota's next window when it is time.
func (a *Admission) turn(now time.Time) {
	if a.began.IsZero() {
		a.began = now
	}
	if window := now.Truncate(a.opt.QuotaWindow); !window.Equal(a.window) {
		a.window, a.through = window, 0
	}
}

func (a *Admission) admit(b Bearer) *Slot {
	a.rate.take()
	a.through++
	a.held++
	a.heldBy[b.Key]++
	c := &a.counts
	c.Accepted++
	c.Open++
	c.PeakOpen = max(c.PeakOpen, c.Open)
	if b.Key != "" {
		c.PeakHeldByToken = max(c.PeakHeldByToken, a.heldBy[b.Key])
	}
	return &Slot{key: b.Key}
}

// Release ends the socket that holds s. Its place is free at now plus the
// linger time. Releasing a slot again does nothing.
func (a *Admission) Release(now time.Time, s *Slot) {
	if s.released {
		return
	}
	s.released = true
	a.counts.Open--
	if a.opt.Linger > 0 {
		a.lingering = append(a.lingering, lingering{s.key, now.Add(a.opt.Linger)})
		return
	}
	a.free(s.key)
}

// expire frees the slots that have lingered long enough.
func (a *Admission) expire(now time.Time) {
	n := 0
	for n < len(a.lingering) && !now.Before(a.lingering[n].until) {
		a.free(a.lingering[n].key)
		n++
	}
	a.lingering = a.lingering[n:]
}

func (a *Admission) free(key string) {
	a.held--
	a.heldBy[key]--
	if a.heldBy[key] == 0 {
		delete(a.heldBy, key)
	}
}

// Counts returns a copy of what was decided so far.
func (a *Admission) Counts() Counts {
	c := a.counts
	c.Refused = maps.Clone(c.Refused)
	return c
}
