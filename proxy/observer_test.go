package proxy

import (
	"io"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

func TestAdded(t *testing.T) {
	const ms = capture.Instant(time.Millisecond)
	for _, tt := range []struct {
		name   string
		phases capture.Phases
		want   time.Duration
	}{
		{"over TLS", capture.Phases{
			Accepted: 1 * ms, ConnectRead: 10 * ms, ConnectAnswered: 11 * ms, ClientHello: 20 * ms, ClientSecured: 22 * ms,
			RequestRead: 30 * ms, ResolveStart: 31 * ms, Resolved: 40 * ms, Dialed: 50 * ms, Secured: 60 * ms,
			RequestSent: 61 * ms, ResponseFirst: 80 * ms, ResponseHead: 81 * ms, Relayed: 84 * ms,
		}, 8 * time.Millisecond}, // 1 + 2 + (31 - 29) + 3
		{"plain, to an address", capture.Phases{
			ConnectRead: 10 * ms, ConnectAnswered: 11 * ms, RequestRead: 30 * ms, Resolved: 31 * ms, Dialed: 35 * ms,
			RequestSent: 36 * ms, ResponseHead: 40 * ms, Relayed: 41 * ms,
		}, 4 * time.Millisecond},
		{"second on its connection", capture.Phases{RequestRead: 10 * ms, RequestSent: 11 * ms, ResponseHead: 12 * ms, Relayed: 14 * ms}, 3 * time.Millisecond},
		{"nothing seen", capture.Phases{}, 0},
	} {
		if got := added(&tt.phases); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestObserverNote: the run says what the proxy added.
func TestObserverNote(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.refusing(secure)
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, refusal)
		conn.Close()
		r.stop()
		run, _ := r.sink.run()
		if len(run.Notes) != 1 || !strings.HasPrefix(run.Notes[0].Text, "the proxy added ") {
			t.Errorf("notes %v", run.Notes)
		}
	})
}
