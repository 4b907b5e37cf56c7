package analysis

import (
	"fmt"
	"net/http"
	"slices"

	"why403/capture"
)

// A token endpoint is slow if its answers take this long, in seconds: the median
// under load against the first ones, and in any case.
const (
	slowToken   = 1.0
	slowedDown  = 4 // times
	firstTokens = 10
)

// tokenEndpoint finds a token endpoint that is at its limit: upgrades then go out
// late, with old tokens, or with none.
func tokenEndpoint(s *study) *Advice {
	throttled, failed := 0, 0
	var waits []float64
	for _, r := range s.run.TokenRequests {
		switch {
		case r.Status == http.StatusTooManyRequests:
			throttled++
		case fails(r):
			failed++
		}
		if d, seen := capture.Since(r.Sent, r.Answered); seen {
			waits = append(waits, d.Seconds())
		}
	}
	n := len(s.run.TokenRequests)
	switch {
	case throttled > 0:
		return &Advice{
			Name: "token-endpoint", Urgent: true,
			Says: fmt.Sprintf("The token endpoint answered 429 to %d of %s.", throttled, plural(n, "token request")),
			Do: []string{
				"Fetch fewer tokens: one for each virtual user, kept until shortly before it expires.",
				"Make the plan stop when a token request fails, so that no upgrade goes out without a token.",
			},
		}
	case failed > 0:
		a := &Advice{
			Name: "token-endpoint", Urgent: 10*failed >= n,
			Says: fmt.Sprintf("%d of %s failed.", failed, plural(n, "token request")),
			Do:   []string{"Look at the answers of the token endpoint first: an upgrade without a fresh token tells nothing about the gateway."},
		}
		if _, alike := s.failedTokenRequests(); alike > 0 {
			a.Says += fmt.Sprintf(" The host that refuses upgrades answered %d of them with the same status.", alike)
			a.Do = append(a.Do, "Open one socket without a token while nothing else runs: if it is let through, what refuses token requests refuses the upgrades too.", tokensFirst)
		}
		return a
	}
	return slowEndpoint(waits)
}

func slowEndpoint(waits []float64) *Advice {
	if len(waits) < 2*firstTokens {
		return nil
	}
	first := medianOf(waits[:firstTokens])
	all := medianOf(waits)
	if all < slowToken || all < slowedDown*first && first < slowToken {
		return nil
	}
	return &Advice{
		Name: "token-endpoint",
		Says: fmt.Sprintf("The token endpoint is slow: half of its answers take longer than %s, the first ones took %s.", seconds(all), seconds(first)),
		Do:   []string{"Fetch tokens before the load begins, so that the token endpoint is not part of the measurement."},
	}
}

func medianOf(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}
