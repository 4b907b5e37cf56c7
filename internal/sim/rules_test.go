package sim

import (
	"testing"
	"time"
)

// decide puts upgrades of one token at the given times to an admission and returns
// the reasons.
func decideAt(opt GatewayOptions, b Bearer, after ...time.Duration) []Reason {
	a := NewAdmission(opt)
	var reasons []Reason
	for _, d := range after {
		reasons = append(reasons, a.Decide(noon.Add(d), b).Reason)
	}
	return reasons
}

func TestRules(t *testing.T) {
	const s = time.Second
	reader := bearer("x")
	reader.Client, reader.Scope, reader.Source = "me", "chat:read", "10.0.0.1"
	for _, c := range []struct {
		name string
		opt  GatewayOptions
		at   []time.Duration
		want []Reason
	}{
		{"uses", GatewayOptions{MaxTokenUses: 2}, []time.Duration{0, 1, 2}, []Reason{"", "", ReasonOverused}},
		{"scope", GatewayOptions{RequireScope: "chat:send"}, []time.Duration{0}, []Reason{ReasonScope}},
		{"part of a scope", GatewayOptions{RequireScope: "chat"}, []time.Duration{0}, []Reason{ReasonScope}},
		{"scope granted", GatewayOptions{RequireScope: "chat:read"}, []time.Duration{0}, []Reason{""}},
		{"client", GatewayOptions{CapPerClient: 1}, []time.Duration{0, 1}, []Reason{"", ReasonCapClient}},
		{"growth", GatewayOptions{Cap: 1, CapGrowth: 0.5}, []time.Duration{0, 1, 2 * s, 2 * s}, []Reason{"", ReasonCap, "", ReasonCap}},
		{"nth", GatewayOptions{EveryNth: 3}, []time.Duration{0, 1, 2, 3, 4, 5}, []Reason{"", "", ReasonEveryNth, "", "", ReasonEveryNth}},
		{"ban", GatewayOptions{BanOver: 2, BanWindow: s, BanFor: 5 * s},
			[]time.Duration{0, s / 2, s - 1, 2 * s, 6*s - 2, 6*s - 1, 6 * s}, []Reason{"", "", ReasonBan, ReasonBan, ReasonBan, "", ""}},
		{"no ban", GatewayOptions{BanOver: 2, BanWindow: s}, []time.Duration{0, s / 2, s, 3 * s / 2}, []Reason{"", "", "", ""}},
		{"overload", GatewayOptions{Validations: 2, ValidateWait: s}, []time.Duration{0, 0, 0, s / 2}, []Reason{"", "", ReasonOverload, ""}},
	} {
		for i, got := range decideAt(c.opt, reader, c.at...) {
			if got != c.want[i] {
				t.Errorf("%s: upgrade %d: %q, want %q", c.name, i, got, c.want[i])
			}
		}
	}
}

func TestLeak(t *testing.T) {
	a := NewAdmission(GatewayOptions{Cap: 1, Leak: 1})
	a.Release(noon, a.Decide(noon, Bearer{}).Slot)
	if d := a.Decide(noon.Add(time.Hour), Bearer{}); d.Reason != ReasonCap {
		t.Errorf("a leaked place was given back: %+v", d)
	}
}
