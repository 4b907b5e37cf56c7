package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"why403/analysis"
)

// compared is a made-up comparison with everything that one can hold.
func compared() *analysis.Comparison {
	a, b := fixtureDetermined(), fixtureUndetermined()
	e := func(v, low, high float64, n int) *analysis.Estimate {
		return &analysis.Estimate{Value: v, Low: low, High: high, N: n}
	}
	return &analysis.Comparison{
		Schema: analysis.ComparisonSchema, Status: analysis.Changed, Level: 0.95,
		Says: "The limit moved: concurrency-cap was 24 open sockets in A and is 20 open sockets in B.",
		A:    analysis.ComparedRun{Run: a.run.ID, Started: a.f.Started, DurationS: 1200, Attempts: 160, Accepted: 89, Refused: 71, PeakOpen: 24, Verdict: a.f.Verdict},
		B:    analysis.ComparedRun{Run: b.run.ID, Started: b.f.Started, DurationS: 900, Attempts: 90, Accepted: 45, Refused: 45, PeakOpen: 45, Verdict: b.f.Verdict},
		Adjusted: &analysis.Measure{Name: "refused at the same load", Unit: "share", A: e(0.4, 0.3, 0.5, 80), B: e(0.5, 0.4, 0.6, 80),
			Delta: e(0.1, -0.05, 0.25, 0)},
		Measures: []analysis.Measure{
			{Name: "refused", Unit: "share", A: e(0.44375, 0.36, 0.52, 160), B: e(0.5, 0.4, 0.6, 90), Delta: e(0.05625, -0.1, 0.2, 0)},
			{Name: "wait of acceptances, median", Unit: "s", A: e(0.0019, 0.0018, 0.002, 89), B: e(0.0025, 0.0024, 0.0026, 45), Delta: e(0.0006, 0.0004, 0.0008, 0), Differs: true},
			{Name: "wait of refusals, median", Unit: "s", A: e(0.0019, 0.0018, 0.002, 71)},
			{Name: "concurrency-cap", Unit: "open sockets", A: e(24, 23, 24, 0), B: e(20, 20, 20, 0), Delta: e(-4, -4, -3, 0), Differs: true},
		},
		Curves: []analysis.Curve{
			{Covariate: "open sockets", Unit: "sockets", Bins: []analysis.CurveBin{
				{From: 0, To: 20, A: e(0, 0, 0.1, 60), B: e(0, 0, 0.1, 45), Delta: e(0, -0.1, 0.1, 0)},
				{From: 20, To: 24, A: e(0, 0, 0.2, 20), B: e(1, 0.9, 1, 45), Delta: e(1, 0.8, 1, 0), Differs: true},
				{From: 24, To: 25, A: e(1, 0.9, 1, 71)},
			}},
			{Covariate: "token age", Unit: "s", Bins: []analysis.CurveBin{{From: -60, To: 0, B: e(0.5, 0.4, 0.6, 90)}, {From: 0, To: 600, A: e(0.44, 0.36, 0.52, 160)}}},
		},
		Notes: []string{"No token's age is known, so only open sockets are held equal."},
	}
}

func TestCompareGolden(t *testing.T) {
	for suffix, write := range map[string]func(io.Writer, *analysis.Comparison) error{
		".txt": CompareText, ".json": CompareJSON, ".html": CompareHTML,
	} {
		var b bytes.Buffer
		if err := write(&b, compared()); err != nil {
			t.Fatal(err)
		}
		golden(t, "compare"+suffix, withoutStyle(b.Bytes()))
	}
}

func TestCompareHostileText(t *testing.T) {
	var plain bytes.Buffer
	if err := CompareHTML(&plain, compared()); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, n := range elements(t, plain.Bytes()) {
		known[n.Data] = true
	}
	for _, payload := range payloads {
		c := compared()
		plant(reflect.ValueOf(c), payload)
		var page, text, data bytes.Buffer
		for w, write := range map[io.Writer]func(io.Writer, *analysis.Comparison) error{&page: CompareHTML, &text: CompareText, &data: CompareJSON} {
			if err := write(w, c); err != nil {
				t.Fatal(err)
			}
		}
		for _, b := range []*bytes.Buffer{&page, &text, &data} {
			checkNoInvisible(t, b.Bytes())
		}
		if !json.Valid(data.Bytes()) {
			t.Errorf("%q breaks the JSON", payload)
		}
		for _, n := range elements(t, page.Bytes()) {
			if !known[n.Data] {
				t.Errorf("%q made an element <%s>", payload, n.Data)
			}
		}
	}
}

func TestCompareNothing(t *testing.T) {
	c := &analysis.Comparison{Status: analysis.NeitherRefused, Says: "Neither recording has a refusal."}
	var b bytes.Buffer
	if err := CompareHTML(&b, c); err != nil || !strings.Contains(b.String(), c.Says) {
		t.Errorf("%v", err)
	}
	if err := CompareText(io.Discard, c); err != nil {
		t.Error(err)
	}
}
