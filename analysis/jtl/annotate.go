package jtl

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"why403/capture"
)

// Note is what Annotate writes of an upgrade. Empty fields stay empty.
type Note struct {
	// Cause takes the place of the response message of a refused sample. It should
	// be the same for all refusals of one cause: JMeter groups by it.
	Cause       string
	OpenSockets string
	TokenAge    string // seconds
}

// added are the columns that Annotate appends.
var added = []string{"why403_cause", "why403_open_sockets", "why403_token_age_s"}

// Annotate writes the samples with a note for each upgrade, in a form that
// "jmeter -g" reads: new columns have quoted names, and rows with timeStamp 0 are
// left out.
func (j *Joined) Annotate(w io.Writer, note func(*capture.Upgrade) Note) error {
	b := bufio.NewWriter(w)
	header := slices.Clone(j.Results.Header)
	for i, name := range header {
		if !plainName(name) { // a sample variable: JMeter knows these by their quotes
			header[i] = quote(name)
		}
	}
	for _, name := range added {
		header = append(header, quote(name))
	}
	fmt.Fprintln(b, strings.Join(header, ","))
	message := slices.Index(j.Results.Header, "responseMessage")
	for i := range j.Results.Samples {
		record := slices.Clone(j.Results.Samples[i].record)
		var n Note
		if u := j.Upgrades[i]; u != nil {
			n = note(u)
		}
		if n.Cause != "" {
			record[message] = n.Cause
		}
		record = append(record, n.Cause, n.OpenSockets, n.TokenAge)
		for k := range record {
			record[k] = cell(record[k])
		}
		fmt.Fprintln(b, strings.Join(record, ","))
	}
	return b.Flush()
}

// standard are JMeter's own columns; all others are sample variables.
var standard = []string{
	"timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "dataType", "success",
	"failureMessage", "bytes", "sentBytes", "grpThreads", "allThreads", "URL", "Filename", "Latency", "Encoding",
	"SampleCount", "ErrorCount", "Hostname", "IdleTime", "Connect",
}

func plainName(name string) bool { return slices.Contains(standard, name) }

// cell quotes a value where CSV needs it. A value that a spreadsheet would run as a
// formula keeps what it is: the file is JMeter's.
func cell(s string) string {
	if strings.ContainsAny(s, ",\"\r\n") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		return quote(s)
	}
	return s
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Seconds writes a token's age for a note.
func Seconds(s float64) string { return strconv.FormatFloat(s, 'f', 1, 64) }
