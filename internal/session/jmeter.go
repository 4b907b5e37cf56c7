package session

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"why403/analysis"
	"why403/analysis/jtl"
	"why403/capture"
)

// Join reads JMeter's results and joins them with a run.
func Join(run *capture.Run, path string) (*jtl.Joined, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read JMeter's results: %w", err)
	}
	defer f.Close()
	res, err := jtl.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return jtl.Join(run, res), nil
}

func summary(joined *jtl.Joined, run *capture.Run, f *analysis.Findings) *jtl.Summary {
	blame := analysis.BlameAll(run, f)
	return joined.Summary(func(u *capture.Upgrade) bool { return blame[u].Refused })
}

// Annotate writes a copy of JMeter's results to out in which the message of each
// refused sample is its cause, and sums the join up.
func Annotate(path, results, out string, stdout io.Writer) (*jtl.Summary, error) {
	run, findings, err := Explain(path)
	if err != nil {
		return nil, err
	}
	joined, err := Join(run, results)
	if err != nil {
		return nil, err
	}
	blame := analysis.BlameAll(run, findings)
	render := func(w io.Writer) error {
		return joined.Annotate(w, func(u *capture.Upgrade) jtl.Note { return note(blame[u]) })
	}
	if out == "-" {
		err = render(stdout)
	} else {
		err = writeFile(out, render)
	}
	return summary(joined, run, findings), err
}

func note(b analysis.Blame) jtl.Note {
	n := jtl.Note{OpenSockets: strconv.Itoa(b.Open)}
	if b.Refused {
		n.Cause = "why403: " + b.Cause
	}
	if !math.IsNaN(b.Age) {
		n.TokenAge = jtl.Seconds(b.Age)
	}
	return n
}
