package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"why403/internal/sim"
)

// TestReportOpensInChromium opens the report of a recording as a file. It is to
// show the verdict, and nothing is to be written to the console, where a blocked
// request, a broken style or a script would be.
func TestReportOpensInChromium(t *testing.T) {
	need(t, "chromium")
	dir := t.TempDir()
	page := recordQuickly(t, dir)
	dom, log := chromium(t, page, "--dump-dom")
	if !strings.Contains(dom, "concurrency-cap") || !strings.Contains(dom, "</svg>") {
		t.Errorf("the page has no verdict or no chart:\n%.2000s", dom)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("console: %s", line)
		}
	}
	chromium(t, page, "--window-size=1280,2400", "--screenshot="+filepath.Join(dir, "report.png"))
	if shot, err := os.Stat(filepath.Join(dir, "report.png")); err != nil || shot.Size() < 20_000 {
		t.Errorf("screenshot: %v, %v", shot, err)
	}
	keep(t, dir)
}

// recordQuickly makes a recording of a capped gateway in a few seconds and returns
// its report.
func recordQuickly(t *testing.T, dir string) (report string) {
	t.Helper()
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Cap: 12, RequireToken: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	self, err := build()
	if err != nil {
		t.Fatal(err)
	}
	roots := write(t, filepath.Join(dir, "gateway.pem"), gw.CertPEM())
	cmd := why403(t, "run", "--run", filepath.Join(dir, "run.db"), "--upstream-ca", roots, "--",
		self, "load", gw.URL(), "--threads", "16", "--duration", "5s", "--hold", "300ms", "--hold-max", "900ms", "--pause", "100ms",
		"--token-url", gw.TokenURL(), "--token-mode", "thread")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "run.html")
}

// chromium opens a file without a window and without a network.
func chromium(t *testing.T, page string, args ...string) (stdout, stderr string) {
	t.Helper()
	args = append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(), "--enable-logging=stderr", "--v=0",
		"--host-resolver-rules=MAP * ~NOTFOUND",
	}, args...)
	cmd := command(t.Context(), "chromium", append(args, "file://"+page)...)
	cmd.WaitDelay = 10 * time.Second
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, log.String())
	}
	return out.String(), log.String()
}
