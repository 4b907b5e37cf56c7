package passive

import (
	"net/netip"
	"slices"
	"testing"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

// TestSince begins within a load: of what was sent before, only the sockets that are open
// then count.
func TestSince(t *testing.T) {
	const head = " HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	const yes = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	const no = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	const since = 100
	var packets []pcapfile.Packet
	var want []string
	for i, c := range []struct {
		target      string
		sent, ended capture.Instant // ended 0: stays open
		answer      string
		counts      bool
	}{
		{target: "/refused-before", sent: 10, ended: 20, answer: no},
		{target: "/closed-before", sent: 20, ended: 30, answer: yes},
		{target: "/unanswered-before", sent: 30},
		{target: "/closed-later", sent: 40, ended: 200, answer: yes, counts: true},
		{target: "/open", sent: 50, answer: yes, counts: true},
		{target: "/refused", sent: 110, ended: 120, answer: no, counts: true},
		{target: "/accepted", sent: 130, answer: yes, counts: true},
	} {
		if c.counts {
			want = append(want, c.target)
		}
		conv := synth.NewConversation(netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(5000+i)), netip.MustParseAddrPort("10.0.0.2:80"), [2]uint32{1, 1},
			func(at capture.Instant, s *packet.Segment) {
				raw := s.Append(nil)
				packets = append(packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
			})
		conv.Open(c.sent - 1)
		conv.Send(synth.Client, c.sent, []byte("GET "+c.target+head))
		if c.answer != "" {
			conv.Send(synth.Server, c.sent+1, []byte(c.answer))
		}
		if c.ended.Seen() {
			conv.End(synth.Server, c.ended)
			conv.End(synth.Client, c.ended)
		}
	}
	slices.SortStableFunc(packets, func(a, b pcapfile.Packet) int { return int(a.Time - b.Time) })
	run := observe(t, packets, nil, Options{Since: since})
	var got []string
	for _, u := range run.Upgrades {
		got = append(got, u.Target)
	}
	if !slices.Equal(got, want) {
		t.Errorf("upgrades %v, want %v", got, want)
	}
	if len(run.Notes) != 1 {
		t.Errorf("notes: %+v", run.Notes)
	}
}
