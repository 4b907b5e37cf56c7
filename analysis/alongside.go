package analysis

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"

	"why403/analysis/covariate"
	"why403/capture"
)

// A limit in front of a whole host counts token requests too. Where the host refuses them
// as it refuses upgrades, limits on what comes are also fitted to both together: as a
// study of its own, in which a token request is an attempt whose outcome weighs nothing,
// so that its likelihoods are of the same upgrades.

// alongside is such a study.
type alongside struct {
	*study
	at []int32 // where each attempt of the other study is in its own
}

// hostKeys are what a limit on all requests may be kept under.
var hostKeys = []string{"global", "source", "edge", "host"}

// withTokenRequests returns the study of both, nil if token requests are not refused alike.
func (s *study) withTokenRequests() *alongside {
	if _, alike := s.failedTokenRequests(); alike < fewestMistakes || !s.tokensRefusedAlike() {
		return nil
	}
	run, asked := s.asUpgrades()
	b := &alongside{study: &study{
		run: run, table: covariate.Build(run), found: map[string]found{}, differing: new(differences), caches: new(sync.Mutex), toReach: s.toReach,
		start: s.start, lasted: s.lasted, recorded: s.recorded, majority: s.majority,
	}}
	b.weights = make([]float64, len(b.table.Attempts))
	for i := range b.table.Attempts {
		if b.table.Refused[i] {
			b.refused++
		}
		if !asked[b.table.Attempts[i].Upgrade] {
			if len(b.at) == len(s.weights) {
				return nil // more ways of not answering have become refusals
			}
			b.weights[i] = s.weights[len(b.at)]
			b.at = append(b.at, int32(i))
		}
	}
	if len(b.at) < len(s.weights) {
		return nil
	}
	b.nothing = b.foretellingNothing()
	for _, p := range b.table.Partitions(inParallel) {
		if slices.Contains(hostKeys, p.Scope) {
			p.Equivalent = slices.DeleteFunc(p.Equivalent, func(k string) bool { return !slices.Contains(hostKeys, k) })
			b.parts = append(b.parts, p)
		}
	}
	b.readings = b.table.CountReadings()
	return b
}

// asUpgrades returns the run with the token requests to the hosts of upgrades as upgrades
// that end at once.
func (s *study) asUpgrades() (*capture.Run, map[*capture.Upgrade]bool) {
	hosts, sources := map[string]*capture.Upgrade{}, map[netip.Addr]netip.AddrPort{}
	for i := range s.table.Attempts {
		u := s.table.Attempts[i].Upgrade
		hosts[hostname("//"+u.Authority)], sources[u.Client.Addr()] = u, u.Source
	}
	refused := s.refusedAs()
	asked := map[*capture.Upgrade]bool{}
	run := *s.run
	run.Upgrades = slices.Clone(run.Upgrades)
	for _, r := range s.run.TokenRequests {
		like := hosts[hostname(r.URL)]
		if like == nil || !r.Sent.Seen() {
			continue
		}
		u := &capture.Upgrade{
			Conn: r.Conn, Exchange: r.Exchange, Client: r.Client, Source: r.Client, Server: r.Server,
			Authority: like.Authority, Host: like.Host, Outcome: capture.Accepted, Status: r.Status,
		}
		if source, known := sources[r.Client.Addr()]; known {
			u.Source = source
		}
		if refused.holds(r) {
			u.Outcome = capture.Refused
		}
		// The limit decides when the request comes, however long the issuer takes then.
		answered := r.Sent.Add(s.table.Usual)
		if r.Answered.Seen() {
			answered = min(answered, r.Answered)
		}
		u.Phases = capture.Phases{RequestSent: r.Sent, ResponseFirst: answered}
		u.Socket = capture.Socket{Opened: answered, Closed: answered}
		asked[u] = true
		run.Upgrades = append(run.Upgrades, u)
	}
	slices.SortStableFunc(run.Upgrades, bySent)
	return &run, asked
}

func bySent(a, b *capture.Upgrade) int {
	return cmp.Compare(a.Phases.RequestSent, b.Phases.RequestSent)
}

// begin hands on what was found for the beginning of a long recording.
func (b *alongside) begin(s *study) *alongside {
	if b == nil || s.beginning == nil {
		return b
	}
	if s.beginning.along == nil {
		return nil
	}
	b.beginning, b.readings = s.beginning.along.study, s.beginning.along.readings
	return b
}

// given is [study.given] of what is predicted of upgrades.
func (b *alongside) given(p prediction, name string, best float64) *alongside {
	if b == nil {
		return nil
	}
	all := make(prediction, len(b.table.Attempts))
	for i := range all {
		all[i] = toAccept
	}
	for k, i := range b.at {
		all[i] = p[k]
	}
	return &alongside{b.study.given(all, name, best), b.at}
}
