package tlswire

import (
	"bytes"
	"crypto/tls"
	"slices"
	"strings"
	"sync"
	"testing"
)

// recorded are connections with their keys, to damage.
type recorded struct {
	events []event
	keys   []byte
}

// recordings are one connection of TLS 1.2 with GCM, one with CBC, one of TLS 1.3
// and a resumed one.
func recordings(t testing.TB) []recorded {
	recordOnce.Do(func() {
		var log bytes.Buffer
		record := func(change func(client *tls.Config)) {
			client, server := configs(&log)
			change(client)
			all = append(all, recorded{events: exchange(t, client, server)})
		}
		record(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
		record(func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
		})
		record(func(c *tls.Config) {})
		for i := range all {
			all[i].keys = log.Bytes()
		}
	})
	return all
}

var (
	recordOnce sync.Once
	all        []recorded
)

func (r *recorded) decrypter() *Decrypter {
	keys := NewKeyLog(0)
	keys.Add(r.keys)
	return NewDecrypter(keys)
}

// of returns one direction's bytes.
func (r *recorded) of(dir Dir) (b []byte) {
	for _, e := range r.events {
		if e.dir == dir {
			b = append(b, e.b...)
		}
	}
	return b
}

// cut returns events in segments of n bytes.
func cut(events []event, n int) (all []event) {
	for _, e := range events {
		for b := range slices.Chunk(e.b, n) {
			all = append(all, event{e.dir, b})
		}
	}
	return all
}

// wantPrefix fails unless all that was read is the beginning of what was sent.
func wantPrefix(t *testing.T, f *found) {
	t.Helper()
	if !strings.HasPrefix(request, string(f.plain[FromClient])) || !strings.HasPrefix(response, string(f.plain[FromServer])) {
		t.Errorf("read %q and %q, which nobody sent", f.plain[0], f.plain[1])
	}
}

func TestSegmentsMakeNoDifference(t *testing.T) {
	for _, r := range recordings(t) {
		want, _ := read(r.decrypter(), r.events)
		wantExchange(t, want)
		for _, n := range []int{1, 2, 3, 5, 7, 100, 1460} {
			got, _ := read(r.decrypter(), cut(r.events, n))
			if !slices.Equal(got.log, want.log) {
				t.Errorf("in segments of %d bytes: %q, want %q", n, got.log, want.log)
			}
		}
	}
}

// TestGapAtEveryByte loses a byte of each direction in turn.
func TestGapAtEveryByte(t *testing.T) {
	for _, r := range recordings(t) {
		for dir := range Dir(2) {
			for at := range len(r.of(dir)) {
				f := &found{}
				c := r.decrypter().NewConn(f)
				left := at
				for _, e := range r.events {
					if e.dir != dir || left < 0 || left >= len(e.b) {
						c.Data(e.dir, 1, e.b)
					} else {
						c.Data(dir, 1, e.b[:left])
						c.Gap(dir, 1, 1)
						c.Data(dir, 1, e.b[left+1:])
					}
					if e.dir == dir {
						left -= len(e.b)
					}
				}
				c.End(FromClient, 1)
				c.End(FromServer, 1)
				wantPrefix(t, f)
				if !slices.Contains(f.reasons(), "gap") {
					t.Fatalf("a gap of the %v at byte %d: problems %v", dir, at, f.reasons())
				}
			}
		}
	}
}

// TestTruncatedAtEveryByte ends the capture early, without a word about it.
func TestTruncatedAtEveryByte(t *testing.T) {
	for _, r := range recordings(t) {
		total := len(r.of(FromClient)) + len(r.of(FromServer))
		for left := range total {
			var events []event
			for _, e := range r.events {
				n := min(left, len(e.b))
				events = append(events, event{e.dir, e.b[:n]})
				left -= n
			}
			f, _ := read(r.decrypter(), events)
			wantPrefix(t, f)
		}
	}
}

// TestOtherOrder gives all of one direction before the other.
func TestOtherOrder(t *testing.T) {
	for i, r := range recordings(t) {
		for dir := range Dir(2) {
			other := FromServer - dir
			f, _ := read(r.decrypter(), []event{{dir, r.of(dir)}, {other, r.of(other)}})
			wantExchange(t, f)
			f, facts := read(r.decrypter(), []event{{dir, r.of(dir)}})
			wantPrefix(t, f)
			switch {
			case dir == FromClient && i == 2:
				// The secrets' labels say TLS 1.3, their length and the tag the suite.
				if string(f.plain[dir]) != request || facts.Version != tls.VersionTLS13 {
					t.Errorf("client alone in TLS 1.3: %q, problems %v, facts %+v", f.plain[dir], f.reasons(), facts)
				}
			case !slices.Equal(f.reasons(), []string{"one_direction_only"}):
				t.Errorf("%v alone: problems %v", dir, f.reasons())
			}
		}
	}
}

func TestLateStart(t *testing.T) {
	for _, r := range recordings(t) {
		f, _ := read(r.decrypter(), r.events[2:])
		if len(f.plain[0])+len(f.plain[1]) > 0 || !slices.Contains(f.reasons(), string(StartedLate)) {
			t.Errorf("read %q, problems %v", f.plain, f.reasons())
		}
		// A server that is taken for the client is no silent failure.
		f = &found{}
		c := r.decrypter().NewConn(f)
		for _, e := range r.events {
			c.Data(FromServer-e.dir, 1, e.b)
		}
		c.End(FromClient, 1)
		c.End(FromServer, 1)
		if !slices.Contains(f.reasons(), string(Malformed)) {
			t.Errorf("swapped: problems %v", f.reasons())
		}
	}
}

// TestLateKeys gives the key log line by line after the packets.
func TestLateKeys(t *testing.T) {
	for _, r := range recordings(t) {
		for _, hold := range []int{0, 1 << 20} {
			keys := NewKeyLog(0)
			d := NewDecrypter(keys)
			d.Hold = hold
			f := &found{}
			c := d.NewConn(f)
			for _, e := range r.events {
				c.Data(e.dir, 1, e.b)
			}
			w := keys.Writer()
			for part := range slices.Chunk(r.keys, 50) {
				w.Write(part)
				c.Retry()
			}
			c.End(FromClient, 2)
			c.End(FromServer, 2)
			if hold > 0 {
				wantExchange(t, f)
			} else if !slices.Equal(f.reasons(), []string{"no_key", "no_key"}) {
				t.Errorf("without patience: problems %v", f.reasons())
			}
			if d.held != 0 {
				t.Errorf("%d bytes are still held", d.held)
			}
		}
	}
}

// TestHoldIsBounded floods a connection whose keys never come.
func TestHoldIsBounded(t *testing.T) {
	r := recordings(t)[2]
	d := NewDecrypter(NewKeyLog(0))
	d.Hold = 256 << 10
	f := &found{}
	c := d.NewConn(f)
	for _, e := range r.events {
		c.Data(e.dir, 1, e.b)
	}
	big := append([]byte{typeData, 3, 3, 0x40, 0}, make([]byte, maxContent)...)
	for range 64 {
		c.Data(FromServer, 1, big)
		if d.held > d.Hold+maxRecord+1024 {
			t.Fatalf("%d bytes held", d.held)
		}
	}
	if !slices.Contains(f.reasons(), "no_key") || d.held != 0 {
		t.Errorf("problems %v, %d bytes held", f.reasons(), d.held)
	}
}

// FuzzDamage changes, cuts and reorders a recorded connection: what is read must
// be the beginning of what was sent, and segments must make no difference.
func FuzzDamage(f *testing.F) {
	f.Add(uint8(0), uint8(0), uint16(900), []byte{1}, uint8(3))
	f.Add(uint8(2), uint8(1), uint16(40), []byte{0xff, 0, 3}, uint8(1))
	f.Add(uint8(1), uint8(1), uint16(6), []byte{2}, uint8(200))
	f.Fuzz(func(t *testing.T, which, dir uint8, at uint16, flip []byte, step uint8) {
		r := recordings(t)[int(which)%3]
		damaged, left := make([]event, len(r.events)), int(at)
		for i, e := range r.events {
			damaged[i] = event{e.dir, bytes.Clone(e.b)}
			if e.dir != Dir(dir%2) {
				continue
			}
			if 0 <= left && left < len(e.b) {
				for j := range min(len(flip), len(e.b)-left) {
					damaged[i].b[left+j] ^= flip[j]
				}
			}
			left -= len(e.b)
		}
		whole, _ := read(r.decrypter(), damaged)
		parts, _ := read(r.decrypter(), cut(damaged, int(step)+1))
		if !slices.Equal(whole.log, parts.log) {
			t.Errorf("whole %q, in parts %q", whole.log, parts.log)
		}
		wantPrefix(t, whole)
	})
}

// FuzzBytes takes any bytes: nothing may be read from them without a key, and
// segments must make no difference.
func FuzzBytes(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(r.of(FromClient), r.of(FromServer), uint8(10))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, step uint8) {
		events := []event{{FromClient, client}, {FromServer, server}}
		whole, _ := read(NewDecrypter(NewKeyLog(0)), events)
		parts, _ := read(NewDecrypter(NewKeyLog(0)), cut(events, int(step)+1))
		if !slices.Equal(whole.log, parts.log) {
			t.Errorf("whole %q, in parts %q", whole.log, parts.log)
		}
		if len(whole.plain[0])+len(whole.plain[1]) > 0 {
			t.Error("plaintext without a key")
		}
	})
}

// FuzzHello shows that what a ClientHello is read as does not depend on what
// follows, and that its fingerprints have their form.
func FuzzHello(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(r.of(FromClient)[headerLen+messageHeader:])
		f.Add(r.of(FromServer)[headerLen+messageHeader:])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := ParseClientHello(b); err == nil {
			if ja4 := h.JA4(); len(h.JA3()) != 32 || len(ja4) != 36 {
				t.Errorf("JA3 %s, JA4 %s", h.JA3(), ja4)
			}
			if again, err := ParseClientHello(bytes.Clone(b)); err != nil || again.JA4() != h.JA4() {
				t.Error("read again it is another hello")
			}
		}
		if h, err := parseServerHello(b); err == nil && len(h.ja3s()) != 32 {
			t.Error("JA3S")
		}
	})
}
