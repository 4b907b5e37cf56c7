package analysis_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"why403/analysis"
	"why403/capture"
)

func joined(t *testing.T, runs ...*capture.Run) *capture.Run {
	t.Helper()
	run, err := capture.Join(nil, runs...)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.CheckValid(); err != nil {
		t.Fatal(err)
	}
	return run
}

// A ramp leaves the choice; with the experiment beside it the cause is determined.
func TestTwoRecordingsDecide(t *testing.T) {
	for _, name := range []string{"ramp-cap-shared", "ramp-cap-fresh", "ramp-too-old"} {
		c := caseOf(t, name, 1)
		f := analysis.Explain(c.Run)
		if f.Verdict.Status != analysis.Undetermined || f.NextExperiment == nil {
			t.Fatalf("%s: the first recording is %s", name, f.Verdict.Status)
		}
		scene, ok := c.Scene.Experiment(f.NextExperiment.Name, 0, 0)
		if !ok {
			t.Fatalf("%s: nobody knows how to %s", name, f.NextExperiment.Name)
		}
		runs := scene.Recordings()
		both := analysis.Explain(joined(t, runs...))
		want := c.Truth.Causes[0].Cause
		if v := both.Verdict; v.Status != analysis.Determined || len(v.Causes) != 1 || v.Causes[0].Cause != want {
			t.Errorf("%s: %s: %s, want %s", name, v.Status, v.Says, want)
		}
		if n := both.Recordings; len(n) != 2 || n[0].Attempts != len(runs[0].Upgrades) || n[1].Attempts != len(runs[1].Upgrades) {
			t.Errorf("%s: recordings %+v", name, n)
		} else if n[0].Stretch == n[1].Stretch {
			t.Errorf("%s: the recordings overlap", name)
		}
	}
}

// dealt deals the connections of a run out to two recorders that ran at once.
func dealt(run *capture.Run) (a, b *capture.Run) {
	var halves [2]*capture.Run
	for i := range halves {
		half := *run
		half.ID, half.Upgrades = string(rune('a'+i)), nil
		halves[i] = &half
	}
	for _, u := range run.Upgrades {
		half := halves[u.Conn%2]
		half.Upgrades = append(half.Upgrades, u)
	}
	return halves[0], halves[1]
}

// Sockets of recordings that overlap are counted together.
func TestOverlappingRecordingsAreOneLoad(t *testing.T) {
	c := caseOf(t, "cap", 1)
	a, b := dealt(c.Run)
	whole, both := analysis.Explain(c.Run), analysis.Explain(joined(t, a, b))
	if both.PeakOpen != whole.PeakOpen {
		t.Errorf("%d open at most, want %d", both.PeakOpen, whole.PeakOpen)
	}
	if both.Recordings[1].Stretch != 1 {
		t.Errorf("the second is in stretch %d", both.Recordings[1].Stretch)
	}
	v, w := both.Verdict, whole.Verdict
	if v.Status != analysis.Determined || v.Causes[0].Threshold.Value != w.Causes[0].Threshold.Value {
		t.Errorf("%s, want %s", v.Says, w.Says)
	}
}

// later returns the recording as it would have been at another time, under a new id.
func later(run *capture.Run, by time.Duration) *capture.Run {
	moved := *run
	moved.ID += "'"
	moved.Started, moved.Ended = run.Started.Add(by), run.Ended.Add(by)
	moved.Upgrades, moved.Clock, moved.Tokens = nil, nil, map[capture.Fingerprint]capture.Token{}
	for _, u := range run.Upgrades {
		v := *u
		p, s := &v.Phases, &v.Socket
		for _, at := range []*capture.Instant{&p.Accepted, &p.RequestRead, &p.RequestSent, &p.ResponseFirst, &p.ResponseHead, &p.ResponseEnd, &p.Relayed, &s.Opened, &s.Closing, &s.Closed} {
			*at = at.Add(by)
		}
		moved.Upgrades = append(moved.Upgrades, &v)
	}
	for fp, tok := range run.Tokens {
		tok.IssuedAt, tok.NotBefore, tok.ExpiresAt = tok.IssuedAt.Add(by), tok.NotBefore.Add(by), tok.ExpiresAt.Add(by)
		moved.Tokens[fp] = tok
	}
	for _, s := range run.Clock {
		s.Sent, s.Received, s.Date = s.Sent.Add(by), s.Received.Add(by), s.Date.Add(by)
		moved.Clock = append(moved.Clock, s)
	}
	return &moved
}

// unclosed returns the recording as it would be if it had broken off with all sockets
// open.
func unclosed(run *capture.Run) *capture.Run {
	cut := *run
	cut.Upgrades = nil
	for _, u := range run.Upgrades {
		v := *u
		v.Socket.Closing, v.Socket.Closed = 0, 0
		cut.Upgrades = append(cut.Upgrades, &v)
	}
	return &cut
}

// What was open when a recording ended does not count in the next.
func TestCountsBeginAnewAfterAGap(t *testing.T) {
	c := caseOf(t, "ramp-cap-shared", 1)
	first := unclosed(c.Run)
	alone, both := analysis.Explain(c.Run), analysis.Explain(joined(t, first, later(c.Run, 26*time.Hour)))
	if both.PeakOpen != alone.PeakOpen {
		t.Errorf("%d open at most, want %d", both.PeakOpen, alone.PeakOpen)
	}
	if d := both.DurationS - 2*alone.DurationS; d < -2 || d > 2 {
		t.Errorf("lasted %v s, want twice %v s: the gap was not recorded", both.DurationS, alone.DurationS)
	}
	for _, h := range both.Hypotheses {
		if h.Cause == "concurrency-cap" && h.Scope == "global" && (h.Counts.N10 > 0 || h.Counts.N01 > 0) {
			t.Errorf("a cap is contradicted: %+v", h.Counts)
		}
	}
	if !strings.Contains(strings.Join(both.Notes, " "), "Between recordings nothing was seen") {
		t.Errorf("notes %q", both.Notes)
	}
}

// The order in which recordings are given does not matter.
func TestRecordingsInAnyOrder(t *testing.T) {
	c := caseOf(t, "ramp-cap-fresh", 2)
	second := later(c.Run, time.Hour)
	a, _ := json.Marshal(analysis.Explain(joined(t, c.Run, second)))
	b, _ := json.Marshal(analysis.Explain(joined(t, second, c.Run)))
	if string(a) != string(b) {
		t.Error("the findings depend on the order")
	}
}

// Recordings of different gateways are not passed over in silence.
func TestOtherHostsAreNamed(t *testing.T) {
	c := caseOf(t, "ramp-cap-fresh", 1)
	other := later(c.Run, time.Hour)
	for _, u := range other.Upgrades {
		u.Host, u.Authority = "staging.example", "staging.example:443"
	}
	f := analysis.Explain(joined(t, c.Run, other))
	if !slices.ContainsFunc(f.Notes, func(n string) bool {
		return strings.Contains(n, "different hosts") && strings.Contains(n, "staging.example")
	}) {
		t.Errorf("notes %q", f.Notes)
	}
}

// A quota that was used up in the first recording may go on refusing in the next: then
// no outage is determined, though one would explain all.
func TestAQuotaMayOutlastARecording(t *testing.T) {
	c := caseOf(t, "ramp-quota", 1)
	next := later(c.Run, time.Duration(c.Run.Ended-c.Run.Started)+time.Minute)
	for _, u := range next.Upgrades {
		if u.Outcome == capture.Accepted {
			u.Outcome, u.Status, u.Socket = capture.Refused, 403, capture.Socket{}
		}
	}
	f := analysis.Explain(joined(t, c.Run, next))
	if f.Verdict.Status == analysis.Determined {
		t.Fatalf("determined: %s", f.Verdict.Says)
	}
	if !slices.Contains(f.UndecidedBetween, "quota") || !slices.Contains(f.UndecidedBetween, "outage") {
		t.Errorf("between %v, want quota and outage among them", f.UndecidedBetween)
	}
}

// Each recording has a clock of its own if one does not fit all.
func TestClocksOfRecordings(t *testing.T) {
	c := caseOf(t, "expired", 1)
	other := later(c.Run, time.Hour)
	slow := func(at capture.Instant) capture.Instant { return at.Add(-90 * time.Second) } // the second recorder's clock
	for _, u := range other.Upgrades {
		p, s := &u.Phases, &u.Socket
		for _, at := range []*capture.Instant{&p.Accepted, &p.RequestRead, &p.RequestSent, &p.ResponseFirst, &p.ResponseHead, &p.ResponseEnd, &p.Relayed, &s.Opened, &s.Closing, &s.Closed} {
			*at = slow(*at)
		}
	}
	for i := range other.Clock {
		other.Clock[i].Sent, other.Clock[i].Received = slow(other.Clock[i].Sent), slow(other.Clock[i].Received)
	}
	other.Started, other.Ended = slow(other.Started), slow(other.Ended)
	f := analysis.Explain(joined(t, c.Run, other))
	if v := f.Verdict; v.Status != analysis.Determined || v.Causes[0].Cause != "token-expired" {
		t.Errorf("%s: %s", v.Status, v.Says)
	}
}
