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
	ReasonCapClient   Reason = "concurrency-cap per client"
	ReasonOverused    Reason = "token-overused"
	ReasonScope       Reason = "attribute"
	ReasonBan         Reason = "source-ban"
	ReasonOverload    Reason = "overload"
	ReasonEveryNth    Reason = "every n-th"
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
	Client    string // client id, "" if not known
	Scope     string // scopes granted, separated by spaces
	Source    string // address that the upgrade came from, whatever the token
}

// Decision is the admission's answer to one upgrade.
type Decision struct {
	Reason Reason        // why refused, "" if admitted
	Slot   *Slot         // of an admitted socket, to be released when it ends; nil if refused
	Delay  time.Duration // that validating the token takes before the answer
}

// Admission decides who is let in by the rules of [GatewayOptions]. It has no
// clock: the caller says what time it is, and times must not go backwards, so
// that it can run in real and in virtual time. It is not safe for concurrent use.
type Admission struct {
	opt    GatewayOptions
	random *rand.Rand
	leaks  *rand.Rand
	rate   bucket
	began  time.Time // of the first decision

	window  time.Time // the quota's current one
	through int       // let through in it

	held      int            // slots taken, lingering ones included
	heldBy    map[string]int // the same by token
	clients   map[string]int // the same by client id
	uses      map[string]int // upgrades let through, by token
	decided   int
	bans      bans
	validator validator
	lingering []lingering // in the order of until

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
		leaks:  rand.New(rand.NewPCG(opt.Seed, 3)),
		rate:   bucket{perSecond: opt.RatePerSecond, burst: opt.Burst},
		heldBy: map[string]int{}, clients: map[string]int{}, uses: map[string]int{},
		bans:      newBans(opt.withDefaults()),
		validator: validator{perSecond: opt.Validations, patience: opt.withDefaults().ValidateWait},
		counts:    Counts{Refused: map[Reason]int{}},
	}
}

// Decide decides on an upgrade that arrives at now with the token b.
func (a *Admission) Decide(now time.Time, b Bearer) Decision {
	a.expire(now)
	a.turn(now)
	unlucky := a.random.Float64() < a.opt.ErrorRate // one number per decision, used or not
	a.decided++
	delay, reason := a.checkSource(now, b)
	if reason == "" {
		reason = a.checkToken(now, b)
	}
	if reason == "" && unlucky {
		reason = ReasonRandom
	}
	if reason == "" {
		reason = a.checkLimits(now, b)
	}
	if reason != "" {
		a.counts.Refused[reason]++
		return Decision{Reason: reason, Delay: delay}
	}
	return Decision{Slot: a.admit(b), Delay: delay}
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
	a.clients[b.Client]++
	if a.opt.MaxTokenUses > 0 && b.Key != "" {
		a.uses[b.Key]++
	}
	c := &a.counts
	c.Accepted++
	c.Open++
	c.PeakOpen = max(c.PeakOpen, c.Open)
	if b.Key != "" {
		c.PeakHeldByToken = max(c.PeakHeldByToken, a.heldBy[b.Key])
	}
	return &Slot{key: b.Key, client: b.Client}
}

// Counts returns a copy of what was decided so far.
func (a *Admission) Counts() Counts {
	c := a.counts
	c.Refused = maps.Clone(c.Refused)
	return c
}
