package session

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"why403/proxy"
)

func TestProgressLine(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stats proxy.Stats
		want  string
	}{
		{"nothing yet", proxy.Stats{}, "0 open"},
		{"statuses in order", proxy.Stats{Open: 40, Answers: map[int]int64{403: 7, 101: 52}}, "40 open  52 × 101  7 × 403"},
		{"waiting and limited", proxy.Stats{Open: 1, Pending: 2, OverLimit: 3}, "1 open  2 pending  3 over the proxy's limit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := progressLine(tt.stats); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReportPathIsBesideTheRun(t *testing.T) {
	for run, want := range map[string]string{"a.db": "a.html", "dir.x/run": "dir.x/run.html", "a.b.db": "a.b.html"} {
		if got := ReportPath(run); got != want {
			t.Errorf("%s: got %q, want %q", run, got, want)
		}
	}
}

func TestFailedReportLeavesTheOlderOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := writeFile(path, func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "older" {
		t.Errorf("the older report is now %q", b)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}
