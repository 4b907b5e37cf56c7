package sim

import "time"

// bans keeps away whoever sent more upgrades within a window than is allowed.
type bans struct {
	over        int
	window, dur time.Duration
	past        map[string][]time.Time
	until       map[string]time.Time
}

func newBans(opt GatewayOptions) bans {
	return bans{
		over: opt.BanOver, window: opt.BanWindow, dur: opt.BanFor,
		past: map[string][]time.Time{}, until: map[string]time.Time{},
	}
}

// refuse counts an upgrade from a source and reports whether it is banned.
func (b *bans) refuse(now time.Time, source string) bool {
	if b.over == 0 {
		return false
	}
	if now.Before(b.until[source]) {
		return true
	}
	past := append(b.past[source], now)
	for !past[0].After(now.Add(-b.window)) {
		past = past[1:]
	}
	b.past[source] = past
	if len(past) <= b.over {
		return false
	}
	b.until[source], b.past[source] = now.Add(b.dur), nil
	return true
}
