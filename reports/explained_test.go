package reports

import (
	"bytes"
	"strings"
	"testing"

	"why403/analysis"
)

// TestExplainedRuns renders what package analysis really says of the fixtures'
// recordings.
func TestExplainedRuns(t *testing.T) {
	for _, c := range fixtures {
		t.Run(c.name, func(t *testing.T) {
			fx := c.make()
			fx.f = analysis.Explain(fx.run)
			page := render(t, fx)
			var headline string
			for _, n := range elements(t, page) {
				if attr(n, "id") == "says" {
					headline = text(n)
				}
			}
			if headline != unbroken(line(fx.f.Verdict.Says)) || headline == "" {
				t.Errorf("headline %q, want the verdict %q", headline, fx.f.Verdict.Says)
			}
			var short bytes.Buffer
			if err := Text(&short, fx.f); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(short.String(), "\n"); n > 5 || n < 2 {
				t.Errorf("%d lines of text:\n%s", n, &short)
			}
		})
	}
}
