package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"why403/analysis"
	"why403/internal/sim"
)

// TestJMeterFindsTheCap: 60 threads that open, hold, close and open again, and a
// gateway with room for 40.
func TestJMeterFindsTheCap(t *testing.T) {
	need(t, "java")
	target := func(t *testing.T) gateway {
		return simulated(t, sim.GatewayOptions{Cap: 40, RequireToken: true, CheckExpiry: true})
	}
	p := plan{"threads": "60", "rampup": "5", "loops": "8", "hold": "3", "ping": "1", "pause": "600", "pause.max": "1400", "token.mode": "thread"}
	f := compare(t, target, p)
	cause := wantCause(t, f, "concurrency-cap", "global")
	if cause.Threshold == nil || cause.Threshold.Value != 40 {
		t.Errorf("threshold %+v, want exactly 40", cause.Threshold)
	}
}

// TestJMeterFindsExpiredTokens: no cap, tokens that live 8 s, and threads that
// fetch one and keep it.
func TestJMeterFindsExpiredTokens(t *testing.T) {
	need(t, "java")
	target := func(t *testing.T) gateway {
		return simulated(t, sim.GatewayOptions{TokenLife: 8 * time.Second, RequireToken: true, CheckExpiry: true})
	}
	p := plan{"threads": "40", "rampup": "6", "loops": "11", "hold": "1", "ping": "1", "pause": "200", "pause.max": "1000", "token.mode": "thread"}
	wantCause(t, compare(t, target, p), "token-expired", "global")
}

// gateway is what a plan is run against.
type gateway struct {
	host, port, tokenURL string
	roots                string // PEM file
	issued               *vault
}

// plan holds properties of testdata/jmeter/upgrade-load.jmx.
type plan map[string]string

func simulated(t *testing.T, opt sim.GatewayOptions) gateway {
	t.Helper()
	issued := newVault()
	opt.Issuer.OnIssue = issued.token
	gw, err := sim.StartGateway(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gw.Close() })
	host, port, err := net.SplitHostPort(gw.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	pem := write(t, filepath.Join(t.TempDir(), "gateway.pem"), gw.CertPEM())
	return gateway{host, port, gw.TokenURL(), pem, issued}
}

// counts are the answers to upgrades by status, as JMeter saw them.
type counts map[string]int

// compare runs the plan through why403 and without it, each against a gateway of
// its own, and fails unless JMeter saw the same: the plan has a fixed number of
// attempts, and what the two runs differ by must be within three standard
// deviations of two Poisson counts.
func compare(t *testing.T, start func(*testing.T) gateway, p plan) *analysis.Findings {
	t.Helper()
	var through, direct counts
	var findings *analysis.Findings
	t.Run("at once", func(t *testing.T) { // which a busy machine slows down alike
		t.Run("through", func(t *testing.T) {
			t.Parallel()
			through, findings = runThrough(t, start(t), p)
		})
		t.Run("direct", func(t *testing.T) {
			t.Parallel()
			direct = runDirect(t, start(t), p)
		})
	})
	if t.Failed() {
		t.FailNow()
	}
	t.Logf("through the proxy %v, without it %v", through, direct)
	for _, status := range []string{"101", "403"} {
		a, b := float64(through[status]), float64(direct[status])
		if a == 0 || b == 0 || math.Abs(a-b) > 3*math.Sqrt(a+b) {
			t.Errorf("%s: %.0f through the proxy, %.0f without it", status, a, b)
		}
	}
	for status := range through {
		if status != "101" && status != "403" {
			t.Errorf("JMeter saw %q through the proxy", status)
		}
	}
	return findings
}

func runThrough(t *testing.T, gw gateway, p plan) (counts, *analysis.Findings) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"run", "--json", "--run", filepath.Join(dir, "run.db"), "--upstream-ca", gw.roots, "--"}
	cmd := why403(t, append(args, jmeter(t, dir, gw, p)...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	os.Remove(filepath.Join(dir, "jmeter.log")) // JMeter's own, with its properties in clear
	write(t, filepath.Join(dir, "stdout"), stdout.Bytes())
	write(t, filepath.Join(dir, "stderr"), stderr.Bytes())
	keep(t, dir)
	searchFor(t, gw.issued.all(), dir)
	var f analysis.Findings
	if err := json.Unmarshal(stdout.Bytes(), &f); err != nil {
		t.Fatalf("findings: %v\n%s", err, stdout.String())
	}
	seen := results(t, dir)
	if recorded := f.Refused["403"]; recorded != seen["403"] {
		t.Errorf("the run has %d refusals, JMeter saw %d", recorded, seen["403"])
	}
	t.Logf("%s\n%v", f.Verdict.Says, f.Notes)
	return seen, &f
}

func runDirect(t *testing.T, gw gateway, p plan) counts {
	t.Helper()
	dir := t.TempDir()
	argv := jmeter(t, dir, gw, p)
	if out, err := command(t.Context(), argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return results(t, dir)
}

// jmeter is the command line of a plan against a gateway.
func jmeter(t *testing.T, dir string, gw gateway, p plan) []string {
	t.Helper()
	argv := []string{
		"java", "-Xmx512m", "-jar", filepath.Join(jmeterHome(t), "bin", "ApacheJMeter.jar"), "-n",
		"-t", root(t, "testdata/jmeter/upgrade-load.jmx"),
		"-l", filepath.Join(dir, "results.jtl"), "-j", filepath.Join(dir, "jmeter.log"),
		"-Jhost=" + gw.host, "-Jport=" + gw.port, "-Jtls=true", "-Jtoken.url=" + gw.tokenURL,
		"-Jclient.secret=" + gw.issued.secret("client secret"),
	}
	for name, value := range p {
		argv = append(argv, "-J"+name+"="+value)
	}
	return argv
}

// jmeterHome is $JMETER_HOME, or what .ci/jmeter gets.
func jmeterHome(t *testing.T) string {
	t.Helper()
	if home := os.Getenv("JMETER_HOME"); home != "" {
		return home
	}
	home, err := getJMeter()
	if err != nil {
		t.Fatal(err)
	}
	return home
}

var getJMeter = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(filepath.Join("..", "..", ".ci", "jmeter")).Output()
	return strings.TrimSpace(string(out)), err
})

// results counts the answers in results.jtl.
func results(t *testing.T, dir string) counts {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "results.jtl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const label, code = 2, 3
	seen := counts{}
	for _, row := range rows {
		if row[label] == "WS open" {
			seen[row[code]]++
		}
	}
	return seen
}

// wantCause is the only cause of a determined verdict.
func wantCause(t *testing.T, f *analysis.Findings, cause, scope string) analysis.Cause {
	t.Helper()
	v := f.Verdict
	if v.Status != analysis.Determined || len(v.Causes) != 1 || v.Causes[0].Cause != cause || v.Causes[0].Scope != scope {
		t.Fatalf("verdict %s: %s", v.Status, v.Says)
	}
	return v.Causes[0]
}

// keep copies what a test made to $WHY403_KEEP, for looking at it.
func keep(t *testing.T, dir string) {
	t.Helper()
	to := os.Getenv("WHY403_KEEP")
	if to == "" {
		return
	}
	to = filepath.Join(to, strings.ReplaceAll(t.Name(), "/", "-"))
	os.RemoveAll(to)
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Log(err)
	}
}
