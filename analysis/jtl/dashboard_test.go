package jtl

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"why403/capture"
)

// TestJMeterMakesADashboard lets JMeter's own report generator read an annotated
// file: its Errors table must name the cause. It needs WHY403_E2E=1, Java, and the
// home that .ci/jmeter makes in JMETER_HOME.
func TestJMeterMakesADashboard(t *testing.T) {
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("WHY403_E2E is not set")
	}
	j := join(t, row(0, "WS open", "101", "Switching Protocols", "users 1-1", "true", "1", "a1"),
		row(10, "WS open", "403", refusedMessage, "users 1-2", "false", "2", "a2"), row(20, "WS ping", "200", "OK", "users 1-1", "true", "2", ""),
		"0,0,WS ping,Sampler error,x,users 1-2,,false,,0,0,1,2,null,0,0,0,\n")
	dir := t.TempDir()
	path := filepath.Join(dir, "annotated.jtl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	err = j.Annotate(f, func(u *capture.Upgrade) Note {
		if u.Status == 101 {
			return Note{}
		}
		return Note{"why403: concurrency-cap", "1", "1.5"}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("java", "-jar", filepath.Join(os.Getenv("JMETER_HOME"), "bin", "ApacheJMeter.jar"),
		"-g", path, "-o", filepath.Join(dir, "dashboard"), "-j", filepath.Join(dir, "jmeter.log"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("jmeter -g: %v\n%s", err, out)
	}
	page, err := os.ReadFile(filepath.Join(dir, "dashboard", "content", "js", "dashboard.js"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "403/why403: concurrency-cap") {
		t.Error("the dashboard's Errors table does not name the cause")
	}
}
