package runfile

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// realistic is an upgrade as a load test makes it, at one of its three emissions.
func realistic(conn int64, stage int) capture.Upgrade {
	const ms = capture.Instant(time.Millisecond)
	at := capture.Instant(1_790_000_000_000_000_000) + capture.Instant(conn)*ms
	addr := netip.MustParseAddr("10.1.2.3")
	u := capture.Upgrade{
		Conn: conn, Exchange: 1, Outcome: capture.Pending,
		Client: netip.AddrPortFrom(addr, 40000), Source: netip.AddrPortFrom(addr, 40001), Server: netip.AddrPortFrom(addr, 443),
		Scheme: "wss", Authority: "gateway.eu.example.com:443", Host: "gateway.eu.example.com", Target: "/v2/stream?region=eu",
		RequestHead: requestHead.Keep(),
		Credentials: []capture.Credential{{Token: capture.Fingerprint(fmt.Sprintf("%016x", conn%500)), Place: "authorization", Scheme: "Bearer"}},
		Phases: capture.Phases{Accepted: at, ConnectRead: at + ms, ConnectAnswered: at + 2*ms, ClientHello: at + 3*ms, ClientSecured: at + 4*ms,
			RequestRead: at + 5*ms, ResolveStart: at + 6*ms, Resolved: at + 7*ms, Dialed: at + 8*ms, Secured: at + 9*ms, RequestSent: at + 10*ms},
		ClientTLS: &capture.TLS{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", ALPN: "http/1.1", SNI: "gateway.eu.example.com"},
		ServerTLS: &capture.TLS{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", ALPN: "http/1.1", SNI: "gateway.eu.example.com"},
		Edits:     []string{"request target: absolute form to origin form"},
	}
	if stage > 0 {
		u.Status, u.Outcome, u.ResponseHead, u.Socket.Opened = 101, capture.Accepted, responseHead.Keep(), at+20*ms
		u.Phases.ResponseFirst, u.Phases.ResponseHead, u.Phases.Relayed = at+19*ms, at+20*ms, at+21*ms
	}
	if stage > 1 {
		u.Socket.Closed, u.Socket.EndedBy, u.Socket.How, u.Socket.CloseCode = at+9000*ms, capture.Client, capture.CloseFrame, 1000
		u.Socket.Frames = &capture.Frames{
			FromClient: capture.Traffic{Frames: 12, Bytes: 1900, Text: 12, First: at + 30*ms, Last: at + 8999*ms},
			FromServer: capture.Traffic{Frames: 40, Bytes: 19000, Text: 40, First: at + 30*ms, Last: at + 8999*ms},
		}
	}
	return u
}

var (
	requestHead = capture.Head("GET /v2/stream?region=eu HTTP/1.1\r\nHost: gateway.eu.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer [token 0123456789abcdef, 912 bytes]\r\n" +
		"User-Agent: loadtool/1.0\r\nX-Request-Id: " + capture.Head(strings.Repeat("ab12", 12)) + "\r\nX-Tenant: acme\r\n\r\n")
	responseHead = capture.Head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nDate: Mon, 23 Nov 2026 06:00:00 GMT\r\nServer: gateway\r\n\r\n")
)

// BenchmarkPutToDisk is one upgrade through queue, batch and disk: its first
// emission, and two more that come later (so that nothing is saved by coalescing).
func BenchmarkPutToDisk(b *testing.B) {
	for _, emissions := range []int{1, 3} {
		b.Run(fmt.Sprintf("emissions=%d", emissions), func(b *testing.B) {
			w, _ := newFile(b, Options{})
			b.ReportAllocs()
			for i := range b.N {
				for stage := range emissions {
					if conn := int64(i+1) - int64(stage)*2000; conn > 0 {
						for w.Stats().Queued > 8000 {
							runtime.Gosched()
						}
						w.Put(realistic(conn, stage))
					}
				}
			}
			if err := w.Seal(capture.At(time.Now())); err != nil {
				b.Fatal(err)
			}
			if s := w.Stats(); s.Dropped > 0 {
				b.Fatalf("stats %+v", s)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "upgrades/s")
		})
	}
}

// BenchmarkPut is what a caller pays.
func BenchmarkPut(b *testing.B) {
	w, _ := newFile(b, Options{})
	u := realistic(1, 1)
	b.ReportAllocs()
	for b.Loop() {
		w.Put(u)
	}
}

func BenchmarkOpen(b *testing.B) {
	const upgrades = 10000
	w, path := newFile(b, Options{})
	for i := range upgrades {
		w.Put(realistic(int64(i+1), 2))
	}
	if err := w.Seal(capture.At(time.Now())); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if run := mustOpen(b, path); len(run.Upgrades) != upgrades {
			b.Fatalf("%d upgrades", len(run.Upgrades))
		}
	}
	b.ReportMetric(upgrades*float64(b.N)/b.Elapsed().Seconds(), "upgrades/s")
}
