package e2e

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDemoPrintsWhatTheREADMEShows runs the demo in full. Its verdict is the one in
// README.md; the other lines differ in figures from run to run.
func TestDemoPrintsWhatTheREADMEShows(t *testing.T) {
	need(t)
	readme, err := os.ReadFile(root(t, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, shown, ok := strings.Cut(string(readme), "$ go run ./cmd/why403 demo\n")
	shown, _, end := strings.Cut(shown, "$ ")
	if !ok || !end {
		t.Fatal("README.md shows no demo")
	}
	start := time.Now()
	cmd := why403(t, "demo")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
	if want, got := parts(shown), parts(out.String()); !slices.Equal(want, got) {
		t.Errorf("README.md shows\n%s\nthe demo printed\n%s", shown, out.String())
	}
	report := regexp.MustCompile(`(?m)^why403: report: (.+)$`).FindStringSubmatch(out.String())
	if report == nil {
		t.Fatalf("no path of the report:\n%s", out.String())
	}
	if _, err := os.Stat(report[1]); err != nil {
		t.Error(err)
	}
}

// parts is what stays the same from demo to demo: the sentence of the verdict, and
// how each line begins.
func parts(output string) (kept []string) {
	for line := range strings.Lines(output) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "verdict":
			_, sentence, _ := strings.Cut(line, ": ")
			kept = append(kept, words[0], words[1], strings.TrimSpace(sentence))
		case words[0] == "why403:":
			kept = append(kept, words[1])
		default:
			kept = append(kept, words[0])
		}
	}
	return kept
}
