package reports

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"why403/analysis"
)

func TestJSONIsSafeAndMeansTheSame(t *testing.T) {
	f := fixtureDetermined().f
	f.Notes = []string{"\x1b[2J\u009b1m \u202e \U000e0001 <b> \u2028", "plain"}
	var b bytes.Buffer
	if err := JSON(&b, f); err != nil {
		t.Fatal(err)
	}
	checkNoInvisible(t, b.Bytes())
	var back analysis.Findings
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Notes, f.Notes) {
		t.Errorf("notes %q came back as %q", f.Notes, back.Notes)
	}
}
