package covariate

import (
	"slices"
	"time"

	"why403/capture"
)

// transit is by how much trips to the gateway and back usually differ, as the
// connections to it show: no service takes part in these. Where too few were seen it
// is the jitter of the answers.
func (t *Table) transit() time.Duration {
	var trips []time.Duration
	for i := range t.Attempts {
		p := t.Attempts[i].Upgrade.Phases
		if p.Resolved.Seen() && p.Dialed.Seen() {
			trips = append(trips, p.Dialed.Sub(p.Resolved))
		}
	}
	if len(trips) < fewestTrips {
		return t.Jitter
	}
	slices.Sort(trips)
	return min(max((quantile(trips, 0.95)-quantile(trips, 0.05))/2, leastJitter), t.Jitter)
}

const fewestTrips = 20

// CountReadings returns the readings under which counts are worth trying. That of
// the answers is enough unless these vary much more than the network does: then what
// is decided on arrival has a sharper order by the requests.
func (t *Table) CountReadings() []Reading {
	if t.RefusedWait > slowRefusal {
		return []Reading{{ByRequest: true}}
	}
	if 2*t.Transit < t.Jitter {
		return []Reading{{}, {ByRequest: true}}
	}
	return []Reading{{}}
}

// Blur is by how much the moments of a reading may be off.
func (t *Table) Blur(r Reading) time.Duration {
	if r.ByRequest || r.AtOnce {
		return t.Transit
	}
	return t.Jitter
}

// Decided is when a reading takes an attempt for decided.
func (a *Attempt) Decided(r Reading) capture.Instant {
	if r.ByRequest {
		return a.Sent
	}
	return a.Answered
}
