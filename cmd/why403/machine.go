package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"why403/analysis"
	"why403/reports"
	"why403/reports/failon"
)

// machine holds the flags for pipelines that every command with a verdict has.
type machine struct {
	failOn                 []string
	junit, sarif, markdown string
	conditions             []failon.Condition
}

// flags adds the flags to cmd, and has wrong conditions refused before anything is
// recorded.
func (m *machine) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&m.failOn, "fail-on", nil, "exit with status 3 if this `condition` holds: 'refused>1%', cause=concurrency-cap, … (docs/report.md); may be repeated")
	f.StringVar(&m.junit, "junit", "", "also write the verdict as JUnit XML to this `file`")
	f.StringVar(&m.sarif, "sarif", "", "also write the verdict as SARIF 2.1.0 to this `file`")
	f.StringVar(&m.markdown, "markdown", "", "also write the verdict as Markdown to this `file`; in a GitHub job it goes into the step summary by itself")
	cmd.PreRunE = func(*cobra.Command, []string) (err error) {
		if m.conditions, err = failon.ParseAll(m.failOn); err != nil {
			return usageError{hinted{err, "docs/report.md has the grammar"}}
		}
		return nil
	}
}

// conclude writes what was asked for and returns exit status 3 if a condition holds.
func (m *machine) conclude(cmd *cobra.Command, f *analysis.Findings, run string) error {
	results, met := failon.CheckAll(m.conditions, f)
	err := errors.Join(
		writeTo(m.junit, func(w io.Writer) error { return reports.JUnit(w, f, results) }),
		writeTo(m.sarif, func(w io.Writer) error { return reports.SARIF(w, f, version(), run) }),
		writeTo(m.markdown, func(w io.Writer) error { return reports.Markdown(w, f, results) }),
		stepSummary(func(w io.Writer) error { return reports.Markdown(w, f, results) }),
	)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Met {
			say(cmd, "fail on %s: %s", r.Condition, r.Says)
		}
	}
	if met {
		return exit(exitFound)
	}
	return nil
}

// writeTo creates the file, unless path is "".
func writeTo(path string, render func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(render(f), f.Close()); err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return nil
}

// stepSummary appends to the summary that a step of a GitHub job has.
func stepSummary(render func(io.Writer) error) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write step summary: %w", err)
	}
	return errors.Join(render(f), f.Close())
}
