package tlswire

import (
	"bytes"
	"crypto/tls"
	"io"
	"testing"

	"why403/capture"
)

// TestNoAllocations shows that records of an open connection cost no memory each,
// whether they come whole or in segments.
func TestNoAllocations(t *testing.T) {
	for _, r := range bulk(t) {
		d := r.decrypter()
		c := d.NewConn(discard{})
		const skipped = 20 // records of the handshake and the first of the data
		rest := r.of(FromServer)
		for range skipped {
			n := wholeLen(rest)
			c.Data(FromServer, 1, rest[:n])
			rest = rest[n:]
			if len(r.of(FromClient)) > 0 {
				c.Data(FromClient, 1, r.of(FromClient))
				r.events = r.events[:0:0]
			}
		}
		allocs := testing.AllocsPerRun(20, func() {
			n := wholeLen(rest)
			c.Data(FromServer, 1, rest[:n/2])
			c.Data(FromServer, 1, rest[n/2:n])
			rest = rest[n:]
		})
		if allocs >= 1 {
			t.Errorf("%v allocations a record", allocs)
		}
	}
}

// BenchmarkData decrypts a long answer in segments of 1,448 bytes.
func BenchmarkData(b *testing.B) {
	for i, r := range bulk(b) {
		b.Run([]string{"tls12", "tls13"}[i], func(b *testing.B) {
			segments := cut(r.events, 1448)
			b.SetBytes(int64(len(r.of(FromServer))))
			b.ReportAllocs()
			for b.Loop() {
				c := r.decrypter().NewConn(discard{})
				for _, e := range segments {
					c.Data(e.dir, 1, e.b)
				}
			}
		})
	}
}

type discard struct{}

func (discard) Plain(Dir, capture.Instant, []byte)     {}
func (discard) Alert(Dir, capture.Instant, Alert)      {}
func (discard) Trouble(Dir, capture.Instant, *Problem) {}

// bulk records an answer of a megabyte in both versions.
func bulk(t testing.TB) (all []recorded) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		var log bytes.Buffer
		client, server := configs(&log)
		client.MaxVersion = version
		near, far := pair(t)
		wire := &tap{Conn: near}
		go func() {
			conn := tls.Server(far, server)
			conn.Write(make([]byte, 1<<20))
			conn.Close()
		}()
		conn := tls.Client(wire, client)
		if n, err := io.Copy(io.Discard, conn); n != 1<<20 || err != nil {
			t.Fatal(n, err)
		}
		all = append(all, recorded{events: wire.events, keys: log.Bytes()})
	}
	return all
}
