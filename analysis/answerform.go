package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"why403/analysis/covariate"
	"why403/capture"
)

// handshakeFields belong to a 101 and say nothing about who was asked.
var handshakeFields = []string{
	"upgrade", "connection", "date", "sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions",
	"content-length", "transfer-encoding",
}

// missingFields says which fields the 101 of the same host carries and the refusal
// does not: what adds them was not reached, so the refusal was made further out.
func (s *study) missingFields(refused *capture.Upgrade) string {
	if refused.Outcome == capture.Accepted {
		return ""
	}
	accepted := s.acceptedAt(refused.Host)
	if accepted == nil {
		return ""
	}
	var missing []string
	for name := range accepted.ResponseHead.Fields() {
		name = strings.ToLower(name)
		if _, has := refused.ResponseHead.Get(name); !has && !slices.Contains(handshakeFields, name) && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) == 0:
		return ""
	case len(missing) > 4:
		missing = append(missing[:4], "others")
	}
	return "the 101 of the same host carries " + list(missing, "and") + ", the refusal does not: it was made further out than what adds them, or by something that leaves them out of refusals"
}

func (s *study) acceptedAt(host string) *capture.Upgrade {
	for _, u := range s.run.Upgrades {
		if _, inBand := covariate.InBand(u); u.Outcome == capture.Accepted && !inBand && u.Host == host {
			return u
		}
	}
	return nil
}

// knownTimeouts are waits at which gateways commonly give up on an authorisation
// service or an integration, in seconds.
var knownTimeouts = []float64{0.2, 0.5, 1, 2, 3, 5, 10, 15, 29, 30, 60}

// farAway is the least trip through a network, in seconds, from which on the time of
// an answer tells how far it came.
const farAway = 0.003

// latencyWords says what the time that refusals take tells of where they are made.
func (s *study) latencyWords() string {
	waits, trip := s.refusalWaits()
	if len(waits) < fewestRefusals {
		return ""
	}
	low, mid, high := waits[len(waits)/4], waits[len(waits)/2], waits[len(waits)*3/4]
	narrow := high-low <= max(0.05*mid, 0.01)
	for _, t := range knownTimeouts {
		if narrow && mid >= 0.15 && math.Abs(mid-t) <= max(0.03*t, 0.015) {
			return fmt.Sprintf("half of the refusals take %s to %s, near %s: something behind it timed out", seconds(low), seconds(high), seconds(t))
		}
	}
	if trip >= farAway && mid < 1.5*trip {
		return fmt.Sprintf("refusals take %s, one trip through the network takes %s: decided at the edge", seconds(mid), seconds(trip))
	}
	return ""
}

// refusalWaits returns how long refusals took, sorted, and the median time of a TCP
// handshake with the gateway, 0 if none was seen; in seconds.
func (s *study) refusalWaits() (waits []float64, trip float64) {
	var trips []float64
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if !a.Refused || a.InBand != 0 {
			continue
		}
		waits = append(waits, a.Answered.Sub(a.Sent).Seconds())
		if d, seen := capture.Since(a.Upgrade.Phases.Resolved, a.Upgrade.Phases.Dialed); seen && d > 100*time.Microsecond {
			trips = append(trips, d.Seconds())
		}
	}
	slices.Sort(waits)
	slices.Sort(trips)
	if len(trips) > 0 {
		trip = trips[len(trips)/2]
	}
	return waits, trip
}
