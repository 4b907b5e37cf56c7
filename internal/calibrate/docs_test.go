package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"why403/internal/sim"
	"why403/internal/sim/virtual"
)

var quoted = regexp.MustCompile("`([^`]+)`")

// What docs/causes.md says is shown by a family or scenario names one that exists.
func TestCasesAreShown(t *testing.T) {
	text, err := os.ReadFile("../../docs/causes.md")
	if err != nil {
		t.Fatal(err)
	}
	forms, err := os.ReadFile("../../analysis/answered_test.go")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"TestAdvice": true}
	for _, f := range virtual.Families() {
		known[f.Name] = true
	}
	for _, s := range sim.Scenarios() {
		known[s.Name] = true
	}
	cases := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 8 || strings.Contains(cells[1], "#") || strings.Contains(cells[1], "--") {
			continue
		}
		cases++
		for _, m := range quoted.FindAllStringSubmatch(cells[6], -1) {
			if name := m[1]; !known[name] && !strings.Contains(string(forms), `{"`+name+`",`) {
				t.Errorf("case %s: nothing is called %q", strings.TrimSpace(cells[1]), name)
			}
		}
	}
	if cases != 48 {
		t.Errorf("%d cases, want 48", cases)
	}
}
