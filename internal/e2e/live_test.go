package e2e

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"why403/internal/sim"
)

// TestLivePage watches a load that is refused for a cap in Chromium: the page is to
// show it while it happens, without an error and without asking anybody else.
func TestLivePage(t *testing.T) {
	need(t, "node", "npm", "chromium")
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Cap: 12, RequireToken: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	r := record(t, gw, "--ui", "127.0.0.1:0")
	ui := r.stderr.find(t, regexp.MustCompile(`live page: (\S+)`))
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		sim.Load{
			URL: gw.URL(), TokenURL: gw.TokenURL(), TokenMode: sim.TokenThread, Proxy: r.url, Roots: authority(t, r.root),
			Threads: 16, Loops: -1, Hold: sim.Span{Min: 200 * time.Millisecond, Max: 800 * time.Millisecond}, Pause: sim.Fixed(100 * time.Millisecond),
		}.Run(t.Context())
	}()
	dir := t.TempDir()
	page := watch(t, ui, filepath.Join(dir, "live.png"))
	keep(t, dir)
	if page.Link != "live" || page.Status == "waiting" || page.Charts != 2 || page.Accepted == 0 || page.Refused == 0 {
		t.Errorf("the page shows %+v", page)
	}
	if !strings.HasPrefix(page.Head, "GET /") {
		t.Errorf("the last refusal's request begins with %q", page.Head)
	}
	if len(page.Errors) > 0 {
		t.Errorf("errors in the console: %q", page.Errors)
	}
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

// livePage is what testdata/node/live.js saw.
type livePage struct {
	Link, Status, Head        string
	Accepted, Refused, Charts int
	Errors                    []string
}

func watch(t *testing.T, url, screenshot string) (p livePage) {
	t.Helper()
	cmd := command(t.Context(), "node", root(t, "testdata/node/live.js"), url, screenshot)
	cmd.Env = append(cmd.Env, "NODE_PATH="+nodeModules(t))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return p
}
