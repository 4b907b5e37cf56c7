//go:build unix

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"why403/capture/runfile"
	"why403/internal/sim"
)

func TestInterruptSealsTheRun(t *testing.T) {
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	r := record(t, gw)
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		t.Fatalf("%v: %q", err, r.stderr.all())
	}
	run, err := runfile.Open(r.run)
	if err != nil || run.Ended == 0 {
		t.Errorf("the run is not sealed: ended %d, %v", run.Ended, err)
	}
	if !strings.Contains(r.stdout.String(), "verdict") {
		t.Errorf("no verdict: %q", r.stdout.String())
	}
}

// The first interrupt waits for the load tool to end, which here it does not; the
// second ends the program, and the run file has what was recorded.
func TestSecondInterruptStopsAtOnce(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run.db")
	cmd := why403(t, "run", "--run", run, "--", "sh", "-c", `trap "" INT TERM; echo ready >&2; read forever`)
	stdin, err := cmd.StdinPipe() // its end ends the tool
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := follow(stderr)
	lines.find(t, regexp.MustCompile(`^(ready)`))
	cmd.Process.Signal(os.Interrupt)
	lines.find(t, regexp.MustCompile(`(once more to stop at once)`))
	cmd.Process.Signal(os.Interrupt)
	state, err := cmd.Process.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if ws := state.Sys().(syscall.WaitStatus); !ws.Signaled() || ws.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v", state)
	}
	if _, err := runfile.Open(run); err != nil {
		t.Error(err)
	}
}
