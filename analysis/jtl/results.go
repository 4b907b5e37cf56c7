package jtl

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"why403/capture"
)

// Results is a JTL file.
type Results struct {
	Header  []string // names of the columns, quotes taken off
	Samples []Sample
	// Zero counts rows whose timeStamp is 0: samples that never ran, as a ping
	// after a refused upgrade. They are not in Samples.
	Zero int
}

// Sample is one row.
type Sample struct {
	Line       int // of the file, from 1
	Start      capture.Instant
	Elapsed    time.Duration
	Label      string
	Code       string // responseCode; not always a number
	Message    string
	Thread     string
	Success    bool
	AllThreads int // active threads of all groups at its end, −1 without the column

	record []string
}

// required are the columns without which nothing can be joined.
var required = []string{"timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "success"}

// Read reads a JTL file. JMeter writes no header line with
// jmeter.save.saveservice.print_field_names=false, and XML with output_format=xml;
// both are errors that say so.
func Read(r io.Reader) (*Results, error) {
	res := &Results{}
	index := map[string]int{}
	err := records(r, func(line int, record []string) error {
		if res.Header == nil {
			res.Header = slices.Clone(record)
			for i, name := range record {
				index[name] = i
			}
			for _, name := range required {
				if _, ok := index[name]; !ok {
					return fmt.Errorf("the header line has no column %q; JMeter writes one with jmeter.save.saveservice.print_field_names=true", name)
				}
			}
			return nil
		}
		s, err := sample(line, record, index)
		if err != nil {
			return err
		}
		if s.Start == 0 {
			res.Zero++
			return nil
		}
		res.Samples = append(res.Samples, s)
		return nil
	})
	if err == nil && res.Header == nil {
		err = errors.New("the file is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("read JTL: %w", err)
	}
	return res, nil
}

// records yields the records of a CSV file, each with the line it begins at.
func records(r io.Reader, of func(line int, record []string) error) error {
	b := bufio.NewReader(r)
	if start, _ := b.Peek(5); bytes.HasPrefix(start, []byte("<?xml")) {
		return errors.New("the file is XML; JMeter writes CSV with jmeter.save.saveservice.output_format=csv")
	}
	in := csv.NewReader(b)
	in.LazyQuotes = true
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := in.FieldPos(0)
		if err := of(line, record); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func sample(line int, record []string, index map[string]int) (Sample, error) {
	field := func(name string) string { return record[index[name]] }
	start, err := strconv.ParseInt(field("timeStamp"), 10, 64)
	if err != nil || start < 0 || start > maxMillis {
		return Sample{}, fmt.Errorf("timeStamp %q is no time in milliseconds since 1970; JMeter writes one with jmeter.save.saveservice.timestamp_format=ms", field("timeStamp"))
	}
	elapsed, err := strconv.ParseInt(field("elapsed"), 10, 64)
	if err != nil || elapsed < 0 || elapsed > maxMillis {
		return Sample{}, fmt.Errorf("elapsed %q is no time in milliseconds", field("elapsed"))
	}
	s := Sample{
		Line: line, Start: capture.Instant(start * 1e6), Elapsed: time.Duration(elapsed) * time.Millisecond,
		Label: field("label"), Code: field("responseCode"), Message: field("responseMessage"), Thread: field("threadName"),
		Success: strings.EqualFold(field("success"), "true"), AllThreads: -1, record: record,
	}
	if i, ok := index["allThreads"]; ok {
		if n, err := strconv.Atoi(record[i]); err == nil {
			s.AllThreads = n
		}
	}
	return s, nil
}

// maxMillis keeps sums of times within range.
const maxMillis = 4e12 // in the year 2096
