package tcp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"why403/capture"
	"why403/capture/packet"
)

// packetAt is a segment with the time of its capture.
type packetAt struct {
	at capture.Instant
	packet.Segment
}

// conversation builds the segments of one connection, as both ends and a perfect
// capture would have them.
type conversation struct {
	sides [2]packet.Endpoint
	isn   [2]uint32
	seq   [2]uint32
	at    capture.Instant
	sent  [2][]byte
	out   []packetAt
}

func newConversation(port uint16, isn, other uint32) *conversation {
	a, b := packet.Endpoint{Port: port}, packet.Endpoint{Port: 443}
	a.Addr[15], b.Addr[15] = 1, 2
	return &conversation{sides: [2]packet.Endpoint{a, b}, isn: [2]uint32{isn, other}, seq: [2]uint32{isn, other}, at: capture.Instant(time.Hour)}
}

// send adds a segment and moves the time on by a millisecond.
func (v *conversation) send(d Dir, flags packet.Flags, payload []byte) {
	v.at += capture.Instant(time.Millisecond)
	s := packet.Segment{Src: v.sides[d], Dst: v.sides[1-d], Seq: v.seq[d], Flags: flags, Payload: payload}
	if flags.Has(packet.ACK) {
		s.Ack = v.seq[1-d]
	}
	v.out = append(v.out, packetAt{v.at, s})
	v.seq[d] += uint32(len(payload))
	if flags&(packet.SYN|packet.FIN) != 0 {
		v.seq[d]++
	}
	v.sent[d] = append(v.sent[d], payload...)
}

func (v *conversation) open() {
	v.send(First, packet.SYN, nil)
	v.send(Second, packet.SYN|packet.ACK, nil)
	v.send(First, packet.ACK, nil)
}

func (v *conversation) close() {
	v.send(First, packet.FIN|packet.ACK, nil)
	v.send(Second, packet.FIN|packet.ACK, nil)
	v.send(First, packet.ACK, nil)
}

// talk sends n payloads of random size and direction.
func (v *conversation) talk(rng *rand.Rand, n int) {
	for range n {
		b := make([]byte, 1+rng.IntN(400))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		v.send(Dir(rng.IntN(2)), packet.ACK, b)
	}
}

// log is a stream that writes down what it is told.
type log struct {
	conn  *Conn
	first Dir // what the conversation calls the direction seen first
	lines []string
	bytes [2][]byte
	gaps  [2][]span // in bytes given or missing
	pos   [2]int64
	ends  [2]capture.Ending
	why   Reason
	times [2][]capture.Instant
}

type span struct{ from, to int64 }

func (l *log) Data(d Dir, at capture.Instant, b []byte) {
	d ^= l.first
	l.lines = append(l.lines, fmt.Sprintf("%d data %d", d, len(b)))
	l.bytes[d] = append(l.bytes[d], b...)
	l.pos[d] += int64(len(b))
	l.times[d] = append(l.times[d], at)
}

func (l *log) Gap(d Dir, at capture.Instant, n int64, why Cause) {
	d ^= l.first
	l.lines = append(l.lines, fmt.Sprintf("%d gap %d (%s)", d, n, why))
	l.gaps[d] = append(l.gaps[d], span{l.pos[d], l.pos[d] + n})
	l.pos[d] += n
}

func (l *log) End(d Dir, at capture.Instant, how capture.Ending) {
	d ^= l.first
	l.lines = append(l.lines, fmt.Sprintf("%d %s", d, how))
	l.ends[d] = how
}

func (l *log) Close(at capture.Instant, why Reason) {
	l.lines = append(l.lines, string(why))
	l.why = why
}

// assemble feeds segments to an assembler and returns the log of each connection.
func assemble(opt Options, segments []packetAt) (logs []*log, a *Assembler) {
	a = New(opt, func(c *Conn) Stream {
		l := &log{conn: c}
		if c.Sides[First].Port == 443 {
			l.first = Second
		}
		logs = append(logs, l)
		return logs[len(logs)-1]
	})
	for i := range segments {
		a.Segment(segments[i].at, &segments[i].Segment)
	}
	a.Close()
	return logs, a
}

func (l *log) String() string { return strings.Join(l.lines, "; ") }

// reorder delays segments by up to n places, as a capture of several queues does.
func reorder(rng *rand.Rand, in []packetAt, n int) []packetAt {
	type placed struct {
		packetAt
		place int
	}
	p := make([]placed, len(in))
	for i := range in {
		p[i] = placed{in[i], i + rng.IntN(n+1)}
	}
	slices.SortStableFunc(p, func(a, b placed) int { return a.place - b.place })
	out := make([]packetAt, len(in))
	for i := range p {
		out[i] = p[i].packetAt
		out[i].at = in[i].at
	}
	return out
}
