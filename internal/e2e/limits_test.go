package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"why403/analysis"
	"why403/internal/sim"
)

// limitOf is a limit of nginx and what it must be found to be.
type limitOf struct {
	name, zone, limit string
	cause, scope      string
	threshold, burst  float64
}

// TestLimitsOfNginx: what nginx's own limits on connections and requests look like, as
// users set them. A busy machine blurs when requests came: what was not found among
// others is looked for once more, alone.
func TestLimitsOfNginx(t *testing.T) {
	need(t, "nginx")
	var mu sync.Mutex
	var again []limitOf
	t.Run("at once", func(t *testing.T) {
		for _, c := range []limitOf{
			{"limit_conn", "limit_conn_zone $server_name zone=z:1m;", "limit_conn z 37;", "concurrency-cap", "global", 37, 0},
			{"limit_req nodelay", "limit_req_zone $server_name zone=z:1m rate=9r/s;", "limit_req zone=z burst=20 nodelay;", "rate-limit", "global", 9, 21},
			{"limit_req delayed", "limit_req_zone $server_name zone=z:1m rate=9r/s;", "limit_req zone=z burst=20;", "rate-limit", "global", 9, 21},
			{"limit_req per token", "limit_req_zone $http_authorization zone=z:1m rate=15r/m;", "limit_req zone=z burst=2 nodelay;", "rate-limit", "token", 0.25, 3},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				if problem := c.missed(loaded(t, nginx(t, c.zone, c.limit))); problem != "" {
					t.Log(problem)
					mu.Lock()
					defer mu.Unlock()
					again = append(again, c)
				}
			})
		}
	})
	for _, c := range again {
		t.Run(c.name+" alone", func(t *testing.T) {
			if problem := c.missed(loaded(t, nginx(t, c.zone, c.limit))); problem != "" {
				t.Error(problem)
			}
		})
	}
}

// missed says what findings miss of a limit, "" if nothing.
func (c limitOf) missed(f *analysis.Findings) string {
	v := f.Verdict
	if v.Status != analysis.Determined || len(v.Causes) != 1 || v.Causes[0].Cause != c.cause || v.Causes[0].Scope != c.scope {
		return fmt.Sprintf("verdict %s: %s", v.Status, v.Says)
	}
	found := v.Causes[0]
	if off := math.Abs(found.Threshold.Value - c.threshold); off > max(0.03*c.threshold, 0.01) {
		return fmt.Sprintf("threshold %v, want %v", found.Threshold.Value, c.threshold)
	}
	if c.burst > 0 && (found.Burst == nil || math.Abs(found.Burst.Value-c.burst) > 1) {
		return fmt.Sprintf("burst %+v, want %v", found.Burst, c.burst)
	}
	return ""
}

// TestTokenRateOfHAProxy: a limit that refused requests keep up refuses tokens for as long
// as they are tried, and must not be taken for tokens that are used up.
func TestTokenRateOfHAProxy(t *testing.T) {
	need(t, "haproxy")
	f := loaded(t, haproxyAs(t, "limits.cfg", "LIMIT=3"))
	if f.Verdict.Status != analysis.Undetermined || !slices.Contains(f.UndecidedBetween, "quota") || !slices.Contains(f.UndecidedBetween, "token-overused") {
		t.Errorf("verdict %s: %s", f.Verdict.Status, f.Verdict.Says)
	}
}

// TestQueueOfHAProxy: whoever waits for a place is let through as soon as a socket closes.
func TestQueueOfHAProxy(t *testing.T) {
	need(t, "haproxy")
	cause := wantCause(t, loaded(t, haproxyAs(t, "queue.cfg", "PLACES=30")), "concurrency-cap", "global")
	if cause.Threshold.Value != 30 {
		t.Errorf("threshold %+v, want 30", cause.Threshold)
	}
}

// haproxyAs starts HAProxy with a file of testdata/haproxy and returns its address.
func haproxyAs(t *testing.T, config, setting string) string {
	t.Helper()
	cmd := command(t.Context(), "haproxy", "-db", "-f", root(t, "testdata/haproxy/"+config))
	cmd.Env = append(cmd.Env, setting, "BACKEND="+backend(t))
	ln := listen(t)
	ln.hand(t, cmd)
	return ln.addr
}

// nginx starts nginx with testdata/nginx/gateway.conf and returns its address.
func nginx(t *testing.T, zone, limit string) string {
	t.Helper()
	template, err := os.ReadFile(root(t, "testdata/nginx/gateway.conf"))
	if err != nil {
		t.Fatal(err)
	}
	ln, dir := listen(t), t.TempDir()
	config := strings.NewReplacer("@LISTEN@", ln.addr, "@BACKEND@", backend(t), "@DIR@", dir, "@ZONE@", zone, "@LIMIT@", limit).Replace(string(template))
	cmd := command(t.Context(), "nginx", "-c", write(t, filepath.Join(dir, "gateway.conf"), []byte(config)), "-e", "stderr")
	cmd.Env = append(cmd.Env, "NGINX=3;")
	ln.hand(t, cmd)
	return ln.addr
}

// backend starts a WebSocket server that takes everybody and returns its address.
func backend(t *testing.T) string {
	t.Helper()
	server, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server.Addr().String()
}

// loaded records half a minute of a load on the gateway and returns the findings.
func loaded(t *testing.T, addr string) *analysis.Findings {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := why403(t, "run", "--json", "--run", filepath.Join(dir, "run.db"), "--", path, "load", "ws://"+addr+"/ws", "--token-url", "http://"+addr+"/oauth/token",
		"--threads", "60", "--ramp-up", "6s", "--duration", "25s", "--hold", "1s", "--hold-max", "3s", "--pause", "500ms", "--token-mode", "thread")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	keep(t, dir)
	f := new(analysis.Findings)
	if err := json.Unmarshal(stdout.Bytes(), f); err != nil {
		t.Fatal(err)
	}
	return f
}
