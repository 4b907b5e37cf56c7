package tcp

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"why403/capture"
	"why403/capture/packet"
)

// TestRandomStreams reorders, copies and overlaps the segments of 3,000 streams, a
// third of which wrap: every byte comes, and nothing is called missing.
func TestRandomStreams(t *testing.T) {
	for n := range uint64(3000) {
		rng := rand.New(rand.NewPCG(n, 4))
		isn := rng.Uint32()
		if n%3 == 0 {
			isn = -uint32(rng.IntN(4000)) // wraps within the stream
		}
		v := newConversation(uint16(1024+n), isn, rng.Uint32())
		v.open()
		v.talk(rng, 10+rng.IntN(40))
		v.close()
		logs, a := assemble(Options{}, reorder(rng, mangle(rng, v.out), 5))
		if len(logs) != 1 {
			t.Fatalf("stream %d: %d connections", n, len(logs))
		}
		l := logs[0]
		for d := range v.sent {
			if !bytes.Equal(l.bytes[d], v.sent[d]) || l.ends[d] != capture.FIN {
				t.Fatalf("stream %d, direction %d: %d of %d bytes, end %q\n%v", n, d, len(l.bytes[d]), len(v.sent[d]), l.ends[d], l)
			}
			if !slices.IsSorted(l.times[d]) {
				t.Fatalf("stream %d, direction %d: time goes back", n, d)
			}
		}
		if l.why != Ended || a.waiting != 0 || a.stats.Gaps != 0 {
			t.Fatalf("stream %d: closed as %q, %d bytes left, %+v", n, l.why, a.waiting, a.stats)
		}
	}
}

// mangle repeats segments, and repeats parts of two of them as one.
func mangle(rng *rand.Rand, in []packetAt) (out []packetAt) {
	for i, s := range in {
		out = append(out, s)
		if rng.IntN(4) == 0 {
			out = append(out, s)
		}
		if i > 0 && rng.IntN(4) == 0 {
			prev := in[i-1]
			if prev.Src == s.Src && len(prev.Payload) > 2 && len(s.Payload) > 2 && prev.Seq+uint32(len(prev.Payload)) == s.Seq {
				cut := rng.IntN(len(prev.Payload))
				both := s
				both.Seq = prev.Seq + uint32(cut)
				both.Payload = append(bytes.Clone(prev.Payload[cut:]), s.Payload[:rng.IntN(len(s.Payload))]...)
				out = append(out, both)
			}
		}
	}
	return out
}

// checkTrue asserts that what a log holds is what was sent, with gaps where bytes
// are missing. A gap may count the FIN as one byte more.
func checkTrue(t *testing.T, l *log, v *conversation, d Dir) {
	t.Helper()
	h := &l.conn.halves[d^l.first]
	if !h.settled {
		return
	}
	at := int(uint32(h.first) - v.isn[d] - 1)
	given, sent := l.bytes[d], v.sent[d]
	take := func(n int) {
		if n > 0 && at+n > len(sent) || n > 0 && !bytes.Equal(given[:n], sent[at:at+n]) {
			t.Fatalf("direction %d: given bytes and gaps do not make what was sent: %v", d, l)
		}
		at, given = at+n, given[n:]
	}
	done := int64(0)
	for _, g := range l.gaps[d] {
		take(int(g.from - done))
		at, done = at+int(g.to-g.from), g.to
	}
	take(len(given))
	if at > len(sent)+1 {
		t.Fatalf("direction %d: gaps reach behind what was sent: %v", d, l)
	}
}

// TestLoss takes packets away: what is given is true, and what the peer
// acknowledged and nobody captured is a gap.
func TestLoss(t *testing.T) {
	for n := range uint64(2000) {
		rng := rand.New(rand.NewPCG(n, 5))
		v := newConversation(uint16(1024+n), rng.Uint32(), rng.Uint32())
		v.open()
		v.talk(rng, 10+rng.IntN(40))
		v.close()
		kept := slices.DeleteFunc(slices.Clone(v.out), func(packetAt) bool { return rng.IntN(10) == 0 })
		logs, _ := assemble(Options{}, reorder(rng, kept, 3))
		for _, l := range logs {
			for d := range v.sent {
				checkTrue(t, l, v, Dir(d))
			}
		}
	}
}

func TestStreams(t *testing.T) {
	payload := func(n int) []byte { return bytes.Repeat([]byte("x"), n) }
	talk := func(build func(v *conversation)) []packetAt {
		v := newConversation(5000, 1000, 9000)
		build(v)
		return v.out
	}
	request := func(v *conversation) {
		v.open()
		v.send(First, packet.ACK, payload(100))
		v.send(Second, packet.ACK, payload(50))
	}
	plain := talk(func(v *conversation) { request(v); v.close() })
	drop := func(in []packetAt, drop ...int) (out []packetAt) {
		for i, s := range in {
			if !slices.Contains(drop, i) {
				out = append(out, s)
			}
		}
		return out
	}
	swap := func(in []packetAt, i, j int) []packetAt {
		out := slices.Clone(in)
		out[i].Segment, out[j].Segment = out[j].Segment, out[i].Segment
		return out
	}
	cut := slices.Clone(plain)
	cut[3].Payload, cut[3].Cut = cut[3].Payload[:60], 40
	for _, tt := range []struct {
		name string
		in   []packetAt
		want []string // a log for each connection
	}{
		{"whole", plain, []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended"}},
		{"every packet twice", slices.Concat(plain, plain), []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended"}},
		{"response captured before request", swap(plain, 3, 4), []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended"}},
		{"SYN captured behind its answer", swap(plain, 0, 1), []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended"}},
		{"request not captured", drop(plain, 3), []string{"0 gap 100 (not in the capture); 1 data 50; 0 fin; 1 fin; ended"}},
		{"response not captured", drop(plain, 4), []string{"0 data 100; 1 gap 50 (not in the capture); 0 fin; 1 fin; ended"}},
		{"response and FINs not captured", drop(plain, 4, 5, 6, 7), []string{"0 data 100; capture ended"}},
		{"response and FINs not captured, but acknowledged", drop(plain, 4, 5, 6), []string{"0 data 100; 1 gap 51 (not in the capture); capture ended"}},
		{"snap length", cut, []string{"0 data 60; 0 gap 40 (cut by the snap length); 1 data 50; 0 fin; 1 fin; ended"}},
		{"no SYN", drop(plain, 0), []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended"}},
		{"no opening", drop(plain, 0, 1, 2), []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended"}},
		{"client only", drop(plain, 1, 4, 6), []string{"0 data 100; 0 fin; 1 gap 51 (not in the capture); capture ended"}},
		{"server only", drop(plain, 0, 2, 3, 5, 7), []string{"1 data 50; 1 fin; 0 gap 101 (not in the capture); capture ended"}},
		{"only its end", plain[5:], []string{"0 fin; 1 fin; ended"}},
		{"only the last ACK", plain[7:], nil},
		{"two late segments swapped", swap(talk(func(v *conversation) {
			v.send(First, packet.ACK, payload(10))
			v.send(First, packet.ACK, payload(20))
			v.send(Second, packet.ACK, payload(30))
		}), 0, 1), []string{"0 data 10; 0 data 20; 1 data 30; capture ended"}},
		{"keep-alive probe", talk(func(v *conversation) {
			request(v)
			v.seq[0]--
			v.send(First, packet.ACK, payload(1))
			v.send(First, packet.ACK, payload(7))
		}), []string{"0 data 100; 1 data 50; 0 data 7; capture ended"}},
		{"port reused without FIN", talk(func(v *conversation) {
			request(v)
			v.seq = [2]uint32{70000, 80000}
			request(v)
		}), []string{"0 data 100; 1 data 50; port reused", "0 data 100; 1 data 50; capture ended"}},
		{"port reused after FIN", talk(func(v *conversation) {
			request(v)
			v.close()
			v.seq = [2]uint32{70000, 80000}
			request(v)
		}), []string{"0 data 100; 1 data 50; 0 fin; 1 fin; ended", "0 data 100; 1 data 50; capture ended"}},
		{"refused", talk(func(v *conversation) {
			v.send(First, packet.SYN, nil)
			v.seq[1] = 0
			v.send(Second, packet.RST|packet.ACK, nil)
		}), []string{"1 rst; ended"}},
		{"RST by the server", talk(func(v *conversation) {
			request(v)
			v.send(Second, packet.RST, nil)
		}), []string{"0 data 100; 1 data 50; 1 rst; ended"}},
		{"RST from before the window", talk(func(v *conversation) {
			request(v)
			v.send(First, packet.ACK, nil)
			v.seq[1] -= 40
			v.send(Second, packet.RST, nil)
			v.seq[1] += 40
			v.send(Second, packet.ACK, payload(5))
		}), []string{"0 data 100; 1 data 50; 1 data 5; capture ended"}},
		{"data on the SYN", talk(func(v *conversation) {
			v.send(First, packet.SYN, payload(9))
			v.send(Second, packet.SYN|packet.ACK, nil)
			v.send(First, packet.ACK, payload(1))
		}), []string{"0 data 9; 0 data 1; capture ended"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logs, a := assemble(Options{}, tt.in)
			var got []string
			for _, l := range logs {
				got = append(got, l.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if a.waiting != 0 {
				t.Errorf("%d bytes left", a.waiting)
			}
		})
	}
}

// TestRetransmission waits for bytes that nobody has acknowledged, and gives those
// behind them at the time at which a reader could have had them.
func TestRetransmission(t *testing.T) {
	v := newConversation(5000, 1, 1)
	v.open()
	v.send(First, packet.ACK, []byte("lost "))
	lost := v.out[len(v.out)-1]
	v.out = v.out[:len(v.out)-1]
	v.send(First, packet.ACK, []byte("kept"))
	lost.at = v.at.Add(3 * time.Second)
	v.out = append(v.out, lost)
	logs, _ := assemble(Options{}, v.out)
	if l := logs[0]; string(l.bytes[0]) != "lost kept" || len(l.gaps[0]) != 0 || l.times[0][1] != lost.at {
		t.Errorf("got %q at %v: %v", l.bytes[0], l.times[0], l)
	}
}

// TestPatience gives up on bytes that were acknowledged without having been
// captured once others of the load show that time has passed.
func TestPatience(t *testing.T) {
	v := newConversation(5000, 1, 1)
	v.open()
	v.send(First, packet.ACK, []byte("request"))
	v.out = v.out[:len(v.out)-1]
	v.send(Second, packet.ACK, []byte("answer"))
	other := newConversation(6000, 1, 1)
	other.at = v.at.Add(time.Second)
	other.open()
	var first *log
	a := New(Options{}, func(*Conn) Stream {
		l := &log{}
		if first == nil {
			first = l
		}
		return l
	})
	for i := range v.out {
		a.Segment(v.out[i].at, &v.out[i].Segment)
	}
	if len(first.lines) != 0 {
		t.Errorf("before its time: %v", first)
	}
	a.Segment(other.out[0].at, &other.out[0].Segment)
	if got := first.String(); got != "0 gap 7 (not in the capture); 1 data 6" {
		t.Errorf("got %s", got)
	}
}

// TestBounds holds a hole open under a flood: memory stays within its bound, and
// the bytes behind the hole come after a gap.
func TestBounds(t *testing.T) {
	opt := Options{OutOfOrder: 10_000, Memory: 30_000, Connections: 8}
	a := New(opt, func(*Conn) Stream { return &log{} })
	most := 0
	for port := range uint16(20) {
		v := newConversation(port, 1, 1)
		v.open()
		v.seq[0] += 5 // the hole
		for range 200 {
			v.send(First, packet.ACK, make([]byte, 100))
		}
		for i := range v.out {
			a.Segment(v.out[i].at, &v.out[i].Segment)
			most = max(most, a.waiting)
		}
	}
	if most > opt.Memory+1000 || len(a.table.conns) > opt.Connections {
		t.Errorf("%d bytes waited, %d connections", most, len(a.table.conns))
	}
	if s := a.Stats(); s.Evicted != 12 || s.Gaps != 20 {
		t.Errorf("stats: %+v", s)
	}
}

// TestIgnore tells the end of a stream that wanted no data.
func TestIgnore(t *testing.T) {
	v := newConversation(5000, 1, 1)
	v.open()
	v.send(First, packet.ACK, []byte("first"))
	v.send(First, packet.ACK, []byte("second"))
	v.close()
	var l log
	a := New(Options{}, func(c *Conn) Stream { c.Ignore(); return &l })
	for i := range v.out {
		a.Segment(v.out[i].at, &v.out[i].Segment)
	}
	if got := l.String(); got != "0 fin; 1 fin; ended" {
		t.Errorf("got %s", got)
	}
}
