package e2e

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"why403/capture/runfile"
	"why403/internal/sim"
)

// TestKilledProxyLosesATenthOfASecond kills the whole proxy in the middle of a
// load, ten times. Each time its run file opens and has every answer that the
// load had received a tenth of a second before.
func TestKilledProxyLosesATenthOfASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("starts ten proxies")
	}
	for round := range 10 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Cap: 10})
			if err != nil {
				t.Fatal(err)
			}
			defer gw.Close()
			r := record(t, gw)
			answers, killed := loadAndKill(t, gw, r, 300+50*round)
			run, err := runfile.Open(r.run)
			if err != nil {
				t.Fatal(err)
			}
			recorded := 0
			for _, u := range run.Upgrades {
				if u.Status != 0 {
					recorded++
				}
			}
			const late = 100 * time.Millisecond
			due := 0
			for _, at := range answers {
				if killed.Sub(at) >= late {
					due++
				}
			}
			if recorded < due || due < 100 {
				t.Errorf("%d answers in the run, %d were received %v before the kill", recorded, due, late)
			}
			if len(run.Notes) == 0 || !strings.Contains(run.Notes[0].Text, "not sealed") {
				t.Errorf("notes %v", run.Notes)
			}
			t.Logf("%d of %d answers are in the run, %d were due", recorded, len(answers), due)
		})
	}
}

// loadAndKill runs a load through the proxy and kills it after n answers. It
// returns when the load received each, and when the proxy was killed.
func loadAndKill(t *testing.T, gw *sim.Gateway, r *recorder, n int) (answers []time.Time, killed time.Time) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	load := sim.Load{
		URL: gw.URL(), Proxy: r.url, Roots: authority(t, r.root),
		Threads: 15, Loops: -1, Hold: sim.Fixed(20 * time.Millisecond), Pause: sim.Fixed(5 * time.Millisecond),
		Answered: func(at time.Time, _ int) {
			mu.Lock()
			defer mu.Unlock()
			if answers = append(answers, at); len(answers) == n {
				killed = time.Now()
				r.cmd.Process.Kill()
				cancel()
			}
		},
	}
	load.Run(ctx)
	r.cmd.Wait()
	return answers, killed
}

// authority reads a PEM file of roots.
func authority(t *testing.T, path string) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", path)
	}
	return pool
}
