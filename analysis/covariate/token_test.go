package covariate

import (
	"testing"
	"time"

	"why403/capture"
)

// How long an answer takes is known only afterwards: it must not date the token.
func TestSlowAnswersDateTokensAlike(t *testing.T) {
	at := func(ms int) capture.Instant { return base.Add(time.Duration(ms) * time.Millisecond) }
	tokens := map[capture.Fingerprint]capture.Token{"t": {IssuedAt: at(-5000), ExpiresAt: at(60_000)}}
	run := &capture.Run{Tokens: tokens}
	for i := range 9 {
		u := &capture.Upgrade{Outcome: capture.Accepted}
		u.Phases.RequestSent, u.Phases.ResponseHead = at(i), at(i+10)
		if i == 8 {
			u.Outcome, u.Status = capture.Refused, 403
			u.Phases.RequestSent, u.Phases.ResponseHead = at(0), at(900)
		}
		u.Credentials = []capture.Credential{{Token: "t"}}
		run.Upgrades = append(run.Upgrades, u)
	}
	table := Build(run)
	fast, slow := table.Attempts[0], table.Attempts[8]
	if fast.Token == nil || !slow.Refused {
		t.Fatalf("got %+v and %+v", fast, slow)
	}
	if fast.Age != slow.Age || fast.Error != slow.Error {
		t.Errorf("age %v ± %v if fast, %v ± %v if slow", fast.Age, fast.Error, slow.Age, slow.Error)
	}
}

// Refusals after one time that is longer than acceptances take are a timeout; as long
// as those, or at any time, they are none.
func TestTimesOut(t *testing.T) {
	ms := func(list ...int) (waits []time.Duration) {
		for _, v := range list {
			waits = append(waits, time.Duration(v)*time.Millisecond)
		}
		return waits
	}
	for name, c := range map[string]struct {
		accepted, refused []time.Duration
		want              bool
	}{
		"a timeout":    {ms(10, 300, 900), ms(1000, 1001, 1004), true},
		"a long way":   {ms(200, 201, 202), ms(200, 201, 202), false},
		"at any time":  {ms(10, 11, 12), ms(300, 900, 2000), false},
		"fast":         {ms(1, 1, 1), ms(20, 20, 20), false},
		"no refusals":  {ms(1, 1, 1), nil, false},
		"all time out": {nil, ms(5000, 5000), true},
	} {
		if got := timesOut(c.accepted, c.refused); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Where all that were accepted carry a token, what carries none has none, however many there are.
func TestTokensAreUsual(t *testing.T) {
	table := func(acceptedWith, acceptedWithout, refusedWithout int) *Table {
		x := &Table{}
		add := func(n int, refused bool, of ...capture.Credential) {
			for range n {
				x.Attempts = append(x.Attempts, Attempt{Refused: refused, Upgrade: &capture.Upgrade{Credentials: of}})
				x.Refused = append(x.Refused, refused)
			}
		}
		add(acceptedWith, false, capture.Credential{Token: "a"})
		add(acceptedWithout, false)
		add(refusedWithout, true)
		return x
	}
	for _, c := range []struct {
		with, without, refused int
		want                   bool
	}{{41, 0, 407, true}, {9, 0, 407, false}, {41, 10, 407, false}, {41, 10, 20, true}, {0, 50, 50, false}} {
		if got := table(c.with, c.without, c.refused).tokensUsual(); got != c.want {
			t.Errorf("%+v: usual %v", c, got)
		}
	}
}
