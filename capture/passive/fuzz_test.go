package passive

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

// FuzzObserver sends any bytes both ways: the run is valid, and the same however the
// bytes are cut into segments.
func FuzzObserver(f *testing.F) {
	const head = "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	const no = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
	const yes = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	f.Add([]byte(head), []byte(no), uint8(3))
	f.Add([]byte(head+"\x88\x80\x00\x00\x00\x00"), []byte(yes+"\x81\x02hi\x88\x02\x03\xe8"), uint8(1))
	f.Add([]byte("CONNECT gw:80 HTTP/1.1\r\nHost: gw:80\r\n\r\n"+head), []byte("HTTP/1.1 200 OK\r\n\r\n"+no), uint8(5))
	f.Add([]byte("CONNECT gw:80 HTTP/1.1\r\nHost: gw:80\r\n\r\n"), []byte("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"), uint8(2))
	f.Add([]byte("PROXY TCP4 10.0.0.1 10.0.0.2 5000 80\r\n"+head), []byte(no), uint8(4))
	f.Add([]byte(proxyV2+"\x21\x11\x00\x0c0123456789ab"+head), []byte(no), uint8(6))
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"), []byte("\x15\x03\x03\x00\x02\x02\x28"), uint8(2))
	f.Add([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"), []byte("\x00\x00\x00\x04\x00\x00\x00\x00\x00"), uint8(3))
	f.Fuzz(func(t *testing.T, client, server []byte, size uint8) {
		if len(client)+len(server) > 8<<10 {
			return
		}
		whole := talk(t, client, server, synth.SegmentSize)
		pieces := talk(t, client, server, int(size)+1)
		if whole != pieces {
			t.Fatalf("whole:\n%s\nin pieces of %d:\n%s", whole, int(size)+1, pieces)
		}
	})
}

// talk describes the run of a connection in which the client sends its bytes first.
func talk(t *testing.T, client, server []byte, size int) string {
	var packets []pcapfile.Packet
	c := synth.NewConversation(netip.MustParseAddrPort("10.0.0.1:5000"), netip.MustParseAddrPort("10.0.0.2:80"), [2]uint32{1, 1},
		func(at capture.Instant, s *packet.Segment) {
			raw := s.Append(nil)
			packets = append(packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
		})
	c.Open(1)
	for side, b := range [][]byte{client, server} {
		for len(b) > 0 {
			n := min(size, len(b))
			c.Send(synth.Side(side), 2, b[:n])
			b = b[n:]
		}
	}
	c.End(synth.Server, 3)
	c.End(synth.Client, 3)
	run := observeBy(t, func(o *Observer) {
		for i := range packets {
			o.Packet(&packets[i])
		}
	}, nil, Options{})
	var out bytes.Buffer
	for _, u := range run.Upgrades {
		fmt.Fprintln(&out, u.Conn, u.Exchange, u.Outcome, u.Status, u.Authority, u.Target, u.BodyBytes, u.Socket.Counted(), u.Socket.CloseCode)
	}
	for _, l := range run.Losses {
		fmt.Fprintln(&out, l.Kind, l.Count)
	}
	return out.String()
}
