package passive

import (
	"net/netip"
	"testing"
	"time"

	"why403/capture"
)

// TestJoin tells two legs of one attempt from two attempts with one key.
func TestJoin(t *testing.T) {
	const base = capture.Instant(1e18)
	type attempt struct {
		client, server string
		proxied        bool
		key            string
		sent, answered time.Duration
	}
	for name, tt := range map[string]struct {
		attempts []attempt
		want     []string // clients of what is left
		notes    int
	}{
		"explicit proxy": {[]attempt{
			{"10.0.0.1:5000", "10.0.0.9:3128", true, "a", 0, 40}, {"10.0.0.9:6000", "10.0.0.2:443", false, "a", 10, 30},
		}, []string{"10.0.0.1:5000"}, 0},
		"balancer": {[]attempt{
			{"10.0.0.1:5000", "10.0.0.9:443", false, "a", 0, 40}, {"10.0.0.9:6000", "10.0.0.2:80", false, "a", 10, 30},
		}, []string{"10.0.0.1:5000"}, 1},
		"one key, one leg": {[]attempt{
			{"10.0.0.1:5000", "10.0.0.2:443", false, "a", 0, 40}, {"10.0.0.1:5001", "10.0.0.2:443", false, "a", 10, 30}, {"10.0.0.1:5002", "10.0.0.2:443", false, "a", 15, 20},
		}, []string{"10.0.0.1:5000", "10.0.0.1:5001", "10.0.0.1:5002"}, 0},
		"one key, several gateways": {[]attempt{
			{"10.0.0.1:5000", "10.0.0.2:443", false, "a", 0, 40}, {"10.0.0.1:5001", "10.0.0.3:443", false, "a", 10, 30}, {"10.0.0.1:5002", "10.0.0.4:443", false, "a", 15, 20},
		}, []string{"10.0.0.1:5000", "10.0.0.1:5001", "10.0.0.1:5002"}, 0},
		"one after the other": {[]attempt{
			{"10.0.0.1:5000", "10.0.0.9:3128", true, "a", 0, 40}, {"10.0.0.9:6000", "10.0.0.2:443", false, "a", 50, 60},
		}, []string{"10.0.0.1:5000", "10.0.0.9:6000"}, 0},
		"other key": {[]attempt{
			{"10.0.0.1:5000", "10.0.0.9:3128", true, "a", 0, 40}, {"10.0.0.9:6000", "10.0.0.2:443", false, "b", 10, 30},
		}, []string{"10.0.0.1:5000", "10.0.0.9:6000"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := &Observer{legs: legs{}}
			run := &capture.Run{}
			for i, a := range tt.attempts {
				client, server := netip.MustParseAddrPort(a.client), netip.MustParseAddrPort(a.server)
				o.legs[int64(i+1)] = leg{client, server, a.proxied}
				run.Upgrades = append(run.Upgrades, &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Client: client,
					RequestHead: capture.Head("GET / HTTP/1.1\r\nSec-WebSocket-Key: " + a.key + "\r\n\r\n").Keep(),
					Phases:      capture.Phases{RequestSent: base.Add(a.sent), ResponseFirst: base.Add(a.answered)}})
			}
			o.Join(run)
			var got []string
			for _, u := range run.Upgrades {
				got = append(got, u.Client.String())
			}
			if len(got) != len(tt.want) || len(run.Notes) != tt.notes {
				t.Fatalf("left are %v with %d notes, want %v with %d", got, len(run.Notes), tt.want, tt.notes)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("left are %v, want %v", got, tt.want)
				}
			}
		})
	}
}
