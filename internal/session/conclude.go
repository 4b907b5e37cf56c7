package session

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"why403/analysis"
	"why403/capture"
	"why403/capture/runfile"
	"why403/reports"
)

// Explain reads run files and says what they show together.
func Explain(paths ...string) (*capture.Run, *analysis.Findings, error) {
	defer Frugally()()
	run, err := open(paths)
	if err != nil {
		return nil, nil, err
	}
	return run, analysis.Explain(run), nil
}

// open reads run files, several as one run.
func open(paths []string) (*capture.Run, error) {
	var runs []*capture.Run
	var names []string
	for _, path := range paths {
		run, err := runfile.OpenFrameless(path)
		if err != nil {
			return nil, err
		}
		runs, names = append(runs, run), append(names, filepath.Base(path))
	}
	return capture.Join(names, runs...)
}

// Conclude reads run files, writes their report and returns their findings. A
// report of "-" goes to stdout. JMeter's results are joined if results names them.
func Conclude(paths []string, report, results string, stdout io.Writer) (*analysis.Findings, error) {
	run, findings, err := Explain(paths...)
	if err != nil {
		return nil, err
	}
	return findings, render(run, findings, report, results, stdout)
}

// ConcludeRun is [Conclude] for a run in memory; a report of "" is none.
func ConcludeRun(run *capture.Run, report, results string, stdout io.Writer) (*analysis.Findings, error) {
	findings := analysis.Explain(run)
	if report == "" {
		return findings, nil
	}
	return findings, render(run, findings, report, results, stdout)
}

// render writes the report of a run.
func render(run *capture.Run, findings *analysis.Findings, report, results string, stdout io.Writer) error {
	exhibits := analysis.Exhibit(run, findings)
	if results != "" {
		joined, err := Join(run, results)
		if err != nil {
			return err
		}
		exhibits.JMeter = summary(joined, run, findings)
	}
	page := func(w io.Writer) error { return reports.HTML(w, run, findings, exhibits) }
	if report == "-" {
		return page(stdout)
	}
	return writeFile(report, page)
}

// ReportPath is where the report of a run goes by default: beside it.
func ReportPath(run string) string {
	return strings.TrimSuffix(run, filepath.Ext(run)) + ".html"
}

// writeFile writes a report beside its final name first, so that a failure
// leaves an older report as it was. What is no file (/dev/null, a named pipe) is
// written to: a rename would put a file in its place.
func writeFile(path string, render func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeThrough(path, render)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("write report %q: %w", path, err)
		}
	}()
	if err := render(f); err != nil {
		f.Close()
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func writeThrough(path string, render func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := errors.Join(render(f), f.Close()); err != nil {
		return fmt.Errorf("write report %q: %w", path, err)
	}
	return nil
}
