package e2e

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"why403/capture"
	"why403/capture/runfile"
	"why403/internal/sim"
)

// TestWays asks for a socket with curl on each way to and from the proxy. The
// gateway has no room: the 403 must reach curl, and the run must hold it.
func TestWays(t *testing.T) {
	need(t, "curl")
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{EveryNth: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	target, err := url.Parse(strings.Replace(gw.URL(), "wss:", "https:", 1))
	if err != nil {
		t.Fatal(err)
	}
	next := record(t, gw, "--proxy-user", "me:secret") // its authority is not known to the first
	direct := target.String()
	named := strings.Replace(direct, target.Hostname(), "localhost", 1)
	for _, way := range []struct {
		name string
		args []string // of why403
		curl func(r *recorder) []string
	}{
		{"HTTP with credentials", []string{"--proxy-user", "me:secret"}, func(r *recorder) []string {
			return []string{"--proxy", r.url.String(), "--proxy-user", "me:secret", direct}
		}},
		{"SOCKS 5", nil, func(r *recorder) []string { return []string{"--socks5", r.url.Host, direct} }},
		{"SOCKS 5 with a name", nil, func(r *recorder) []string { return []string{"--socks5-hostname", r.url.Host, named} }},
		{"reverse", []string{"--reverse", "wss://" + target.Host}, func(r *recorder) []string {
			return []string{"https://" + r.url.Host + target.RequestURI()}
		}},
		{"reverse without TLS", []string{"--reverse", "wss://" + target.Host}, func(r *recorder) []string {
			return []string{"http://" + r.url.Host + target.RequestURI()}
		}},
		{"through HTTP", []string{"--insecure", "--via", "http://me:secret@" + next.url.Host}, func(r *recorder) []string {
			return []string{"--proxy", r.url.String(), direct}
		}},
		{"through SOCKS 5", []string{"--insecure", "--via", "socks5://me:secret@" + next.url.Host}, func(r *recorder) []string {
			return []string{"--proxy", r.url.String(), direct}
		}},
		{"pinned", []string{"--resolve", "localhost:" + target.Port() + ":127.0.0.1"}, func(r *recorder) []string {
			return []string{"--proxy", r.url.String(), named}
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			r := record(t, gw, way.args...)
			args := append([]string{"-sS", "--http1.1", "--max-time", "10", "-o", os.DevNull, "-D", "-", "--cacert", r.root,
				"-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
				"-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}, way.curl(r)...)
			out, err := command(t.Context(), "curl", args...).CombinedOutput()
			if err != nil || !regexp.MustCompile(`(?m)^HTTP/1.1 403 `).Match(out) {
				t.Errorf("curl: %v\n%s", err, out)
			}
			r.cmd.Process.Signal(os.Interrupt)
			if err := r.cmd.Wait(); err != nil {
				t.Fatalf("%v: %q", err, r.stderr.all())
			}
			run, err := runfile.Open(r.run)
			if err != nil {
				t.Fatal(err)
			}
			if len(run.Upgrades) != 1 || run.Upgrades[0].Outcome != capture.Refused || run.Upgrades[0].Status != 403 {
				t.Errorf("recorded %+v", run.Upgrades)
			}
		})
	}
}

// TestJMeterInReverse gives JMeter the proxy's address for the gateway's, and no
// proxy.
func TestJMeterInReverse(t *testing.T) {
	need(t, "java", "mvn")
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Cap: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	r := record(t, gw, "--reverse", "wss://"+gw.Addr().String())
	seen := runDirect(t, gateway{host: "127.0.0.1", port: r.url.Port(), tokenURL: gw.TokenURL(), issued: newVault()},
		plan{"threads": "6", "rampup": "2", "hold": "5"})
	if seen["101"] != 3 || seen["403"] != 3 {
		t.Errorf("JMeter saw %v, want three sockets and three refusals", seen)
	}
	r.cmd.Process.Signal(os.Interrupt)
	if err := r.cmd.Wait(); err != nil {
		t.Fatalf("%v: %q", err, r.stderr.all())
	}
	run, err := runfile.Open(r.run)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[capture.Outcome]int{}
	for _, u := range run.Upgrades {
		outcomes[u.Outcome]++
	}
	if outcomes[capture.Accepted] != 3 || outcomes[capture.Refused] != 3 || len(run.Upgrades[0].Edits) != 1 {
		t.Errorf("recorded %v, edits %q", outcomes, run.Upgrades[0].Edits)
	}
}
