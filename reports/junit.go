package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"why403/analysis"
	"why403/reports/failon"
)

// JUnit writes the verdict as a JUnit XML report, the form that CI servers show as
// tests. Each condition of --fail-on is one test, failed if it is met; without
// conditions there is one test, that no upgrade was refused. The long form of the
// verdict is the suite's output.
func JUnit(w io.Writer, f *analysis.Findings, conditions []failon.Result) error {
	suite := junitSuite{
		Name: "why403", Time: f.DurationS, Timestamp: strings.TrimSuffix(line(f.Started), "Z"),
		Cases: junitCases(f, conditions),
	}
	suite.Tests = len(suite.Cases)
	for _, c := range suite.Cases {
		if c.Failure != nil {
			suite.Failures++
		}
	}
	var out strings.Builder
	_ = Explain(&out, f) // a strings.Builder takes all
	suite.Out = visible(out.String())

	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Suites: []junitSuite{suite}}); err != nil {
		return fmt.Errorf("write findings as JUnit XML: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func junitCases(f *analysis.Findings, conditions []failon.Result) []junitCase {
	if len(conditions) == 0 {
		c := junitCase{Name: "no upgrade was refused", Class: "why403"}
		if n := refusals(f); n > 0 {
			c.fail("refused", f, plural(n, "upgrade was refused", "upgrades were refused"))
		}
		return []junitCase{c}
	}
	var cases []junitCase
	for _, r := range conditions {
		c := junitCase{Name: "not " + line(r.Condition), Class: "why403.fail-on"}
		if r.Met {
			c.fail("fail-on", f, line(r.Says))
		}
		cases = append(cases, c)
	}
	return cases
}

func (c *junitCase) fail(kind string, f *analysis.Findings, what string) {
	var b strings.Builder
	_ = Text(&b, f) // a strings.Builder takes all
	c.Failure = &junitFailure{Type: kind, Message: what + ": " + line(f.Verdict.Says), Text: b.String()}
}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      float64     `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
	Out       string      `xml:"system-out"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}
