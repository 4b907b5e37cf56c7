package passive

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"sync"
	"testing"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

// overTLS is a talk within TLS, with the key log to read it.
func overTLS(t *testing.T, talk []said, version uint16) (packets []pcapfile.Packet, keys []byte) {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil) // for its certificate
	srv.StartTLS()
	defer srv.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	tap, err := synth.NewTap(ln.Addr().String(), func(at capture.Instant, s *packet.Segment) {
		raw := s.Append(nil)
		packets = append(packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
	})
	if err != nil {
		t.Fatal(err)
	}
	var log keyLogBuffer
	done := make(chan error, 1)
	go func() {
		conn, err := ln.Accept()
		if err == nil {
			err = speak(tls.Server(conn, &tls.Config{Certificates: srv.TLS.Certificates, NextProtos: []string{"h2"}, MaxVersion: version}), talk, synth.Server)
		}
		done <- err
	}()
	conn, err := net.Dial("tcp", tap.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if err := speak(tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, KeyLogWriter: &log}), talk, synth.Client); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	tap.Close()
	return packets, log.b
}

// speak takes one end's part in a talk, waiting for the other's before it answers.
func speak(conn *tls.Conn, talk []said, side synth.Side) error {
	defer conn.Close()
	for _, s := range talk {
		var err error
		if s.side == side {
			_, err = conn.Write(s.b)
		} else {
			_, err = io.ReadFull(conn, make([]byte, len(s.b)))
		}
		if err != nil {
			return fmt.Errorf("side %d: %w", side, err)
		}
	}
	return nil
}

type keyLogBuffer struct {
	mu sync.Mutex
	b  []byte
}

func (k *keyLogBuffer) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.b = append(k.b, b...)
	return len(b), nil
}

// TestHTTP2OverTLS reads upgrades and a token request over HTTP/2 within TLS, whole and
// damaged, and cut after every packet and before.
func TestHTTP2OverTLS(t *testing.T) {
	const n = 20
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		for _, first := range []synth.Side{synth.Client, synth.Server} {
			t.Run(fmt.Sprintf("%s, side %d first", name, first), func(t *testing.T) {
				packets, keys := overTLS(t, http2Talk(n, first), version)
				http2Whole(t, packets, keys, n)
				http2Damaged(t, packets, keys, n)
				for end := range packets {
					checkHTTP2(t, fmt.Sprintf("after %d packets", end), observe(t, packets[:end], keys, Options{}))
					run := observe(t, packets[end:], keys, Options{})
					checkHTTP2(t, fmt.Sprintf("from packet %d on", end), run)
					if len(run.Upgrades) < n && len(run.Losses) == 0 && end < len(packets)-8 {
						t.Errorf("from packet %d on: %d of %d attempts, and nothing is said to be missing", end, len(run.Upgrades), n)
					}
				}
			})
		}
	}
}
