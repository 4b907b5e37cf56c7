package sim

import (
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func bearer(key string) Bearer {
	return Bearer{Key: key, Known: true, IssuedAt: noon, NotBefore: noon, ExpiresAt: noon.Add(time.Minute)}
}

func TestDecideByToken(t *testing.T) {
	const ns = time.Nanosecond
	expiry := GatewayOptions{CheckExpiry: true}
	lenient := GatewayOptions{CheckExpiry: true, Leeway: 10 * time.Second}
	tests := []struct {
		name  string
		opt   GatewayOptions
		after time.Duration // since the token was issued
		token Bearer
		want  Reason
	}{
		{"none needed", GatewayOptions{CheckExpiry: true}, 0, Bearer{}, ""},
		{"missing", GatewayOptions{RequireToken: true}, 0, Bearer{}, ReasonMissing},
		{"foreign", GatewayOptions{RequireToken: true}, 0, Bearer{Key: "x"}, ReasonUnknown},
		{"foreign and none needed", GatewayOptions{CheckExpiry: true, MaxTokenAge: 1}, time.Hour, Bearer{Key: "x"}, ""},
		{"required and there", GatewayOptions{RequireToken: true}, time.Hour, bearer("x"), ""},
		{"last instant", expiry, time.Minute - ns, bearer("x"), ""},
		{"expired", expiry, time.Minute, bearer("x"), ReasonExpired},
		{"within leeway", lenient, 70*time.Second - ns, bearer("x"), ""},
		{"beyond leeway", lenient, 70 * time.Second, bearer("x"), ReasonExpired},
		{"too early", expiry, -ns, bearer("x"), ReasonNotYet},
		{"early within leeway", lenient, -10 * time.Second, bearer("x"), ""},
		{"early beyond leeway", lenient, -10*time.Second - ns, bearer("x"), ReasonNotYet},
		{"not checked", GatewayOptions{}, time.Hour, bearer("x"), ""},
		{"young enough", GatewayOptions{MaxTokenAge: 5 * time.Second}, 5*time.Second - ns, bearer("x"), ""},
		{"too old", GatewayOptions{MaxTokenAge: 5 * time.Second}, 5 * time.Second, bearer("x"), ReasonTooOld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := NewAdmission(tt.opt).Decide(noon.Add(tt.after), tt.token)
			if d.Reason != tt.want || (d.Slot != nil) != (tt.want == "") {
				t.Errorf("reason %q, slot %v; want %q", d.Reason, d.Slot, tt.want)
			}
		})
	}
}

func TestDecideByCap(t *testing.T) {
	a := NewAdmission(GatewayOptions{Cap: 2, Linger: time.Second})
	first, second := a.Decide(noon, Bearer{}), a.Decide(noon, Bearer{})
	if first.Slot == nil || second.Slot == nil {
		t.Fatal("refused below the cap")
	}
	at := func(after time.Duration, want Reason) {
		t.Helper()
		if d := a.Decide(noon.Add(after), Bearer{}); d.Reason != want {
			t.Errorf("after %v: reason %q, want %q", after, d.Reason, want)
		}
	}
	at(0, ReasonCap)
	a.Release(noon.Add(time.Second), first.Slot)
	a.Release(noon.Add(time.Second), first.Slot) // must not free a second place
	at(2*time.Second-1, ReasonCap)
	at(2*time.Second, "")
	at(3*time.Second, ReasonCap)
	want := Counts{Accepted: 3, Open: 2, PeakOpen: 2}
	if c := a.Counts(); c.Accepted != want.Accepted || c.Open != want.Open || c.PeakOpen != want.PeakOpen || c.Refused[ReasonCap] != 3 {
		t.Errorf("counts %+v, want %+v and 3 refused", c, want)
	}
}

func TestDecideByCapPerToken(t *testing.T) {
	a := NewAdmission(GatewayOptions{CapPerToken: 1})
	tests := []struct {
		key  string
		want Reason
	}{{"x", ""}, {"x", ReasonCapPerToken}, {"y", ""}, {"", ""}, {"", ""}, {"y", ReasonCapPerToken}}
	for i, tt := range tests {
		if d := a.Decide(noon, bearer(tt.key)); d.Reason != tt.want {
			t.Errorf("%d: token %q: reason %q, want %q", i, tt.key, d.Reason, tt.want)
		}
	}
	if c := a.Counts(); c.PeakHeldByToken != 1 || c.PeakOpen != 4 {
		t.Errorf("counts %+v, want peaks 1 and 4", c)
	}
}

func TestDecideByRate(t *testing.T) {
	a := NewAdmission(GatewayOptions{RatePerSecond: 2, Burst: 3})
	admitted := func(now time.Time, tries int) (n int) {
		for range tries {
			if a.Decide(now, Bearer{}).Slot != nil {
				n++
			}
		}
		return n
	}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{0, 3}, {499 * time.Millisecond, 0}, {time.Second, 2}, {time.Hour, 3}} {
		if got := admitted(noon.Add(tt.after), 9); got != tt.want {
			t.Errorf("after %v: %d admitted, want %d", tt.after, got, tt.want)
		}
	}
}

func TestDecideByQuota(t *testing.T) {
	a := NewAdmission(GatewayOptions{Quota: 2, QuotaWindow: 8 * time.Second})
	for i, tt := range []struct {
		after time.Duration
		want  Reason
	}{{7 * time.Second, ""}, {7 * time.Second, ""}, {8*time.Second - 1, ReasonQuota}, {8 * time.Second, ""}, {9 * time.Second, ""}, {10 * time.Second, ReasonQuota}} {
		if d := a.Decide(noon.Add(tt.after), Bearer{}); d.Reason != tt.want { // noon is a multiple of 8 s
			t.Errorf("%d: after %v: reason %q, want %q", i, tt.after, d.Reason, tt.want)
		}
	}
}

func TestDecideInOutage(t *testing.T) {
	a := NewAdmission(GatewayOptions{OutageAfter: time.Minute, OutageFor: time.Second})
	for _, tt := range []struct {
		after time.Duration
		want  Reason
	}{{0, ""}, {time.Minute - 1, ""}, {time.Minute, ReasonOutage}, {61*time.Second - 1, ReasonOutage}, {61 * time.Second, ""}} {
		if d := a.Decide(noon.Add(tt.after), Bearer{}); d.Reason != tt.want {
			t.Errorf("after %v: reason %q, want %q", tt.after, d.Reason, tt.want)
		}
	}
}

func TestDecideAtRandom(t *testing.T) {
	refused := func(seed uint64) (which []int) {
		a := NewAdmission(GatewayOptions{ErrorRate: 0.08, Seed: seed})
		for i := range 10_000 {
			if a.Decide(noon, Bearer{}).Reason == ReasonRandom {
				which = append(which, i)
			}
		}
		return which
	}
	one, again, other := refused(1), refused(1), refused(2)
	// 800 expected, standard deviation sqrt(10000 × 0.08 × 0.92) = 27.
	if len(one) < 690 || len(one) > 910 {
		t.Errorf("%d of 10000 refused, want about 800", len(one))
	}
	if !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Error("the refused are not those of the seed")
	}
}

// FuzzAdmission holds the admission against counts kept apart from it: who is
// open never exceeds the caps, and nobody is refused while there is room.
func FuzzAdmission(f *testing.F) {
	f.Add(uint8(2), uint8(1), uint8(0), []byte{0, 1, 2, 0x83, 3, 0x80})
	f.Add(uint8(3), uint8(0), uint8(7), []byte{1, 1, 1, 1, 0x80, 1, 0x41, 1})
	f.Fuzz(func(t *testing.T, limit, perToken, linger uint8, steps []byte) {
		a := NewAdmission(GatewayOptions{Cap: int(limit), CapPerToken: int(perToken), Linger: time.Duration(linger)})
		type held struct {
			key   string
			slot  *Slot
			until time.Time // zero while open
		}
		var all []held
		now := noon
		for _, step := range steps {
			now = now.Add(time.Duration(step >> 5 & 3))
			if step&0x80 != 0 { // release one
				if n := int(step & 0x1f); n < len(all) && all[n].until.IsZero() {
					a.Release(now, all[n].slot)
					all[n].until = now.Add(time.Duration(linger))
				}
				continue
			}
			key := string('a' + rune(step&3))
			total, own := 0, 0
			for _, h := range all {
				if h.until.IsZero() || now.Before(h.until) {
					total++
					if h.key == key {
						own++
					}
				}
			}
			room := (limit == 0 || total < int(limit)) && (perToken == 0 || own < int(perToken))
			d := a.Decide(now, bearer(key))
			if (d.Slot != nil) != room {
				t.Fatalf("%d held, %d of them by %q: decided %+v", total, own, key, d)
			}
			if d.Slot != nil {
				all = append(all, held{key: key, slot: d.Slot})
			}
		}
	})
}
