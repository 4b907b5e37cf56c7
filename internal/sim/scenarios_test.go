package sim

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// TestScenarios runs every scenario in real time and prints what happened. It
// takes minutes, so it wants WHY403_SCENARIOS=1; the rows are checked without it.
func TestScenarios(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			if s.Says == "" || seen[s.Name] {
				t.Errorf("says %q, name seen before: %v", s.Says, seen[s.Name])
			}
			seen[s.Name] = true
			if os.Getenv("WHY403_SCENARIOS") == "" {
				return
			}
			t.Parallel()
			g, report := runLoad(t, s.Gateway, s.Load)
			agree(t, g.Stats(), report)
			if refused := refusals(g.Stats()); (refused == 0) != (s.Want.Status == "no-refusals") {
				t.Errorf("%d refusals, want %s", refused, s.Want.Status)
			}
			t.Logf("%+v\n%s", g.Stats(), summary(report))
		})
	}
}

func TestByName(t *testing.T) {
	if s, ok := ByName("story"); !ok || s.Gateway.Cap != 45 {
		t.Errorf("ByName(story) = %+v, %v", s, ok)
	}
	if s, ok := ByName("no such"); ok {
		t.Errorf("ByName(no such) = %+v", s)
	}
}

// runLoad runs a load against a gateway until both have ended.
func runLoad(t *testing.T, opt GatewayOptions, load Load) (*Gateway, LoadReport) {
	t.Helper()
	g := startGateway(t, opt)
	load.URL, load.Roots = g.URL(), g.Roots()
	if load.TokenMode != TokenNone && load.TokenMode != TokenStatic {
		load.TokenURL = g.TokenURL()
	}
	report, err := load.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g.Close()
	return g, report
}

func startGateway(t *testing.T, opt GatewayOptions) *Gateway {
	t.Helper()
	g, err := StartGateway(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

// agree checks that a load without a proxy in between saw what the gateway did.
func agree(t *testing.T, s Stats, r LoadReport) {
	t.Helper()
	inBand, refused := 0, 0
	for _, n := range r.InBand {
		inBand += n
	}
	for status, n := range r.Status {
		if status != 101 {
			refused += n
		}
	}
	if got, want := r.Status[101]-inBand, s.Accepted; got != want {
		t.Errorf("load saw %d accepted, gateway accepted %d", got, want)
	}
	if got, want := refused+inBand, refusals(s); got != want {
		t.Errorf("load saw %d refusals, gateway refused %d", got, want)
	}
	if got, want := r.TokensFetched, s.Tokens.Issued; got != want {
		t.Errorf("load fetched %d tokens, gateway issued %d", got, want)
	}
	if s.Open != 0 || s.Abandoned != 0 || len(r.Errors) != 0 {
		t.Errorf("%d open at the end, %d abandoned, errors %v (%s)", s.Open, s.Abandoned, r.Errors, r.FirstError)
	}
}

func refusals(s Stats) int {
	sum := 0
	for _, n := range s.Refused {
		sum += n
	}
	return sum
}

func summary(r LoadReport) string {
	return fmt.Sprintf("took %v, %d attempts, %v, in band %v, closed %v, errors %v, peak %d, 101 after %v, refusal after %v, %d tokens",
		r.Duration, r.Attempts, r.Status, r.InBand, r.Closed, r.Errors, r.PeakOpen, r.Accepted.Mean(), r.Refused.Mean(), r.TokensFetched)
}
