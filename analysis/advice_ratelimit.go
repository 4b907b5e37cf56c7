package analysis

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"why403/capture"
)

// rateFields finds what the gateway itself says about limits: Retry-After (RFC 9110
// §10.2.3) and the *ratelimit* fields of several vendors.
func rateFields(s *study) *Advice {
	retry, refused, early := 0, 0, 0
	example, limits := "", ""
	var again []time.Duration               // once a field asks to wait
	silent := map[*capture.HeadShape]bool{} // shapes without a field that tells limits
	for i, u := range s.run.Upgrades {
		if u.Outcome == capture.Refused {
			refused++
			if after, ok := u.ResponseHead.Get("Retry-After"); ok {
				if retry++; again == nil {
					again = nextAttempts(s)
				}
				example = after
				if wait, ok := retryAfter(after); ok && again[i] > 0 && again[i] < wait {
					early++
				}
			}
		}
		shape := u.ResponseHead.Shape()
		if limits == "" && !silent[shape] && (u.Outcome == capture.Refused || u.Outcome == capture.Accepted) {
			limits = limitFields(u.ResponseHead)
			silent[shape] = shape != nil && limits == ""
		}
	}
	var parts []string
	if retry > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s ask to wait (Retry-After: %s)", retry, plural(refused, "refusal"), example))
	}
	if early > 0 {
		parts = append(parts, fmt.Sprintf("%d of them were followed by an attempt with the same token before that", early))
	}
	if limits != "" {
		parts = append(parts, "the gateway tells its limits ("+limits+")")
	}
	if len(parts) == 0 {
		return nil
	}
	says := strings.Join(parts, "; ")
	return &Advice{
		Name: "rate-fields", Urgent: early > 0, Says: strings.ToUpper(says[:1]) + says[1:] + ".",
		Do: []string{"Read these fields in the load tool and wait as long as they ask; a client that does not may be banned for it."},
	}
}

// limitFields returns the fields of a head that tell limits, at most three.
func limitFields(h capture.KeptHead) string {
	var found []string
	for name, value := range h.Fields() {
		if lower := strings.ToLower(name); strings.Contains(lower, "ratelimit") && !strings.Contains(lower, "ratelimited") && len(found) < 3 {
			found = append(found, name+": "+value)
		}
	}
	return strings.Join(found, ", ")
}

func retryAfter(value string) (time.Duration, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	return time.Duration(n) * time.Second, err == nil && 0 < n && n < 1e6
}

// nextAttempts returns, for each upgrade, the time to the next one with the same
// token, 0 if there is none.
func nextAttempts(s *study) []time.Duration {
	next := make([]time.Duration, len(s.run.Upgrades))
	last := map[capture.Fingerprint]int{}
	for i, u := range s.run.Upgrades {
		fp := u.Token()
		if fp == "" {
			continue
		}
		if j, seen := last[fp]; seen {
			next[j] = u.Phases.RequestSent.Sub(s.run.Upgrades[j].Phases.RequestSent)
		}
		last[fp] = i
	}
	return next
}
