package virtual

import (
	"cmp"
	"reflect"
	"slices"
	"testing"

	"why403/capture"
)

// Every family makes valid runs that show its mechanism, the same for the same seed.
func TestFamilies(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Families() {
		if seen[f.Name] {
			t.Errorf("two families are called %q", f.Name)
		}
		seen[f.Name] = true
		c := f.Case(1)
		if err := c.Run.CheckValid(); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if !f.shows(c) {
			t.Errorf("%s: %d of %d refused does not show a %s cause", f.Name, refusals(c.Run), len(c.Run.Upgrades), c.Truth.Kind)
		}
		if !reflect.DeepEqual(c.Scene.Run(), c.Run) {
			t.Errorf("%s: two runs of one scene differ", f.Name)
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d families", len(seen))
	}
}

// A cap admits exactly its number, counted as the gateway does.
func TestCapIsExact(t *testing.T) {
	d := newDraw(3)
	s := d.churn()
	s.Network.Jitter, s.Network.Way = 0, 0.000001
	run := s.with(Cap{N: 20}.Rule()).Run()
	open, peak := 0, 0
	type change struct {
		at capture.Instant
		by int
	}
	var changes []change
	for _, u := range run.Upgrades {
		if u.Outcome == capture.Accepted {
			changes = append(changes, change{u.Socket.Opened, 1}, change{u.Socket.Closing, -1})
		}
	}
	sortBy(changes, func(c change) (int64, int) { return int64(c.at), c.by })
	for _, c := range changes {
		open += c.by
		peak = max(peak, open)
	}
	if peak != 20 || refusals(run) == 0 {
		t.Errorf("at most %d open, %d refused", peak, refusals(run))
	}
}

func sortBy[T any](list []T, key func(T) (int64, int)) {
	slices.SortStableFunc(list, func(a, b T) int {
		x, i := key(a)
		y, j := key(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(i, j))
	})
}

// Whoever was refused in the ramp comes again with the third that reopens.
func TestRefusedReopenToo(t *testing.T) {
	s := newDraw(4).ramp()
	l := s.load()
	l.Threads, l.Over, l.Reopen, l.Until = 30, 20, 30, 60
	run := s.with(Cap{N: 12}.Rule()).Run()
	if n := len(run.Upgrades); n != 40 {
		t.Errorf("%d upgrades of 30 threads of which every third reopens, want 40", n)
	}
}

// Whoever opens again in rounds has been away before the first of them only.
func TestRoundsOfReopening(t *testing.T) {
	s := newDraw(4).ramp()
	l := s.load()
	l.Threads, l.Over, l.Reopen, l.Away, l.Rounds, l.Until = 30, 20, 30, 25, 3, 90
	run := s.with(Cap{N: 12}.Rule()).Run()
	var late []capture.Instant
	for _, u := range run.Upgrades[30:] {
		late = append(late, u.Phases.RequestSent)
	}
	if len(late) != 30 {
		t.Fatalf("%d upgrades of ten threads in three rounds, want 30", len(late))
	}
	if away, all := late[0].Sub(run.Upgrades[29].Phases.RequestSent).Seconds(), late[29].Sub(late[0]).Seconds(); away < 30 || all > 25 {
		t.Errorf("away for %.0f s, back within %.0f s", away, all)
	}
}

// After its rest each thread uses its token as often as asked, every second one half as late.
func TestUsesAfterARest(t *testing.T) {
	s := newDraw(4).ramp()
	s.Tokens.Mode = PerThread
	l := s.load()
	l.Threads, l.Over, l.Rest, l.Uses, l.Until = 30, 20, 20, 4, 90
	l.Hold, l.Pause, l.Once = 3, 3, false
	run := s.with(Overused(4)).Run()
	halfway, after := 0, 0
	for _, u := range run.Upgrades {
		switch since := u.Phases.RequestSent.Sub(run.Upgrades[0].Phases.RequestSent).Seconds(); {
		case since > 66:
			after++
		case since > 40:
			halfway++
		}
	}
	if halfway != 15*4 || after != 15*4 {
		t.Errorf("%d and %d upgrades after the rests, want 4 of each of 15 threads twice", halfway, after)
	}
}

// A bucket lets through no more than its burst and what has run in since.
func TestBucketIsExact(t *testing.T) {
	d := newDraw(5)
	s := d.brief()
	s.Network.Jitter = 0
	const rate, burst = 3.7, 6
	run := s.with(Bucket(rate, burst, Global)).Run()
	first, n := capture.Instant(0), 0
	for _, u := range run.Upgrades {
		if u.Outcome != capture.Accepted {
			continue
		}
		if first == 0 {
			first = u.Socket.Opened
		}
		n++
		if most := burst + rate*u.Socket.Opened.Sub(first).Seconds() + 0.2; float64(n) > most {
			t.Fatalf("%d let through, at most %.1f are possible", n, most)
		}
	}
	if n < 100 || refusals(run) == 0 {
		t.Errorf("%d let through, %d refused", n, refusals(run))
	}
}
