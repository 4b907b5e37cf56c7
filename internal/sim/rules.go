package sim

import (
	"slices"
	"strings"
	"time"
)

// checkSource applies the rules that come before the token is looked at, and says
// how long looking takes.
func (a *Admission) checkSource(now time.Time, b Bearer) (time.Duration, Reason) {
	if a.bans.refuse(now, b.Source) {
		return 0, ReasonBan
	}
	delay, ok := a.validator.validate(now)
	switch {
	case !ok:
		return delay, ReasonOverload
	case a.opt.EveryNth > 0 && a.decided%a.opt.EveryNth == 0:
		return delay, ReasonEveryNth
	}
	return delay, ""
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
	case a.opt.RequireScope != "" && !slices.Contains(strings.Fields(b.Scope), a.opt.RequireScope):
		return ReasonScope
	case a.opt.MaxTokenUses > 0 && a.uses[b.Key] >= a.opt.MaxTokenUses:
		return ReasonOverused
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
	case a.opt.Cap > 0 && a.held >= a.opt.Cap+int(a.opt.CapGrowth*now.Sub(a.began).Seconds()):
		return ReasonCap
	case a.opt.CapPerClient > 0 && b.Client != "" && a.clients[b.Client] >= a.opt.CapPerClient:
		return ReasonCapClient
	case a.opt.CapPerToken > 0 && b.Key != "" && a.heldBy[b.Key] >= a.opt.CapPerToken:
		return ReasonCapPerToken
	}
	return ""
}
