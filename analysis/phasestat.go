package analysis

import (
	"slices"
	"time"

	"why403/capture"
)

// phaseKinds are the phases that are summed up, in the order in which they come.
var phaseKinds = []struct {
	name     string
	from, to func(*capture.Phases) capture.Instant
}{
	{"CONNECT", func(p *capture.Phases) capture.Instant { return p.ConnectRead }, func(p *capture.Phases) capture.Instant { return p.ConnectAnswered }},
	{"TLS with client", func(p *capture.Phases) capture.Instant { return p.ClientHello }, func(p *capture.Phases) capture.Instant { return p.ClientSecured }},
	{"name look-up", func(p *capture.Phases) capture.Instant { return p.ResolveStart }, func(p *capture.Phases) capture.Instant { return p.Resolved }},
	{"TCP to gateway", func(p *capture.Phases) capture.Instant { return p.Resolved }, func(p *capture.Phases) capture.Instant { return p.Dialed }},
	{"TLS with gateway", func(p *capture.Phases) capture.Instant { return p.Dialed }, func(p *capture.Phases) capture.Instant { return p.Secured }},
	{"hand-over to gateway", func(p *capture.Phases) capture.Instant { return p.RequestRead }, func(p *capture.Phases) capture.Instant { return p.RequestSent }},
	{"wait for the answer", func(p *capture.Phases) capture.Instant { return p.RequestSent }, func(p *capture.Phases) capture.Instant { return p.ResponseFirst }},
	{"answer's head", func(p *capture.Phases) capture.Instant { return p.ResponseFirst }, func(p *capture.Phases) capture.Instant { return p.ResponseHead }},
	{"hand-back to client", func(p *capture.Phases) capture.Instant { return p.ResponseHead }, func(p *capture.Phases) capture.Instant { return p.Relayed }},
}

// phases sums up each phase over the decided attempts in which it was seen.
func (x *exhibition) phases() []PhaseStat {
	stats := []PhaseStat{}
	for _, kind := range phaseKinds {
		var all, refused, accepted []time.Duration
		for i := range x.table.Attempts {
			a := &x.table.Attempts[i]
			p := &a.Upgrade.Phases
			d, seen := capture.Since(kind.from(p), kind.to(p))
			if !seen || d < 0 {
				continue
			}
			all = append(all, d)
			if a.Refused {
				refused = append(refused, d)
			} else {
				accepted = append(accepted, d)
			}
		}
		if len(all) > 0 {
			stats = append(stats, newPhaseStat(kind.name, all, refused, accepted))
		}
	}
	return stats
}

func newPhaseStat(name string, all, refused, accepted []time.Duration) PhaseStat {
	slices.Sort(all)
	slices.Sort(refused)
	slices.Sort(accepted)
	return PhaseStat{
		Name: name, N: len(all),
		P50: percentile(all, 50), P90: percentile(all, 90), P99: percentile(all, 99),
		RefusedP50: percentile(refused, 50), AcceptedP50: percentile(accepted, 50),
		RefusedN: len(refused), AccptN: len(accepted),
	}
}

// percentile returns the smallest value that at least p in a hundred do not exceed
// (nearest rank), 0 of none.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (p*len(sorted) + 99) / 100
	return sorted[max(rank, 1)-1]
}
