package dissect

import (
	"fmt"
	"strconv"
	"strings"

	"why403/capture"
	"why403/capture/http1"
	"why403/capture/http2"
)

// http2Start is the part of the preface of HTTP/2 that is like a head of HTTP/1.
const http2Start = "PRI * HTTP/2.0\r\n\r\n"

// multiplex is a connection that is HTTP/2: streams, each with one exchange.
type multiplex struct {
	c       *Conn
	readers [2]*http2.Reader
	began   [2]capture.Instant // when the frame or header block in progress began
	lost    [2]bool
	streams map[uint32]*stream // those that are not over
	last    uint32             // highest stream that the client has begun
	used    int                // bytes held for streams that are not over
}

const (
	// maxStreams bounds how many streams of a connection are followed at a time.
	maxStreams = 1 << 14
	// maxUsed bounds what is held for them: heads, bodies, data before an answer.
	maxUsed = 32 << 20
)

// beginHTTP2 turns the halves into a multiplex.
func (c *Conn) beginHTTP2(at capture.Instant) {
	m := &multiplex{c: c, streams: map[uint32]*stream{}}
	m.readers[FromClient], m.readers[FromServer] = http2.NewReader(true), http2.NewReader(false)
	early := c.halves[FromServer]
	m.lost[FromServer] = early.phase == lost
	c.h2, c.halves = m, nil
	for _, p := range early.held {
		m.data(FromServer, p.at, p.b)
	}
	m.data(FromClient, at, []byte(http2Start))
}

// looksLikeSettings reports whether b may be the beginning of a SETTINGS frame, with
// which a server's direction begins (RFC 9113 §3.4).
func looksLikeSettings(b []byte) bool {
	for i, c := range b[:min(len(b), 9)] {
		switch {
		case i == 3 && c != 4, (i == 0 || i > 3) && c != 0:
			return false
		}
	}
	return true
}

// data takes bytes of a direction.
func (m *multiplex) data(dir Dir, at capture.Instant, b []byte) {
	r := m.readers[dir]
	for !m.lost[dir] {
		if len(b) > 0 && r.Between() {
			m.began[dir] = at
		}
		n, ev, err := r.Next(b)
		b = b[n:]
		switch {
		case err != nil:
			m.lose(dir)
			m.c.emit(capture.Loss{At: at, Kind: capture.LostParse, Count: 1, Detail: "what the " + string(dir.side()) + " sends: " + err.Error()})
		case ev.Kind == http2.None:
			return
		case ev.Kind == http2.Settings:
			m.readers[dir.other()].AllowTable(ev.TableSize)
		case ev.Kind == http2.GoAway:
			m.goAway(dir, at, ev)
		case ev.Kind == http2.Headers && dir == FromClient && ev.Stream > m.last && ev.Stream&1 == 1:
			m.open(at, ev)
		default:
			if s := m.streams[ev.Stream]; s != nil && s.take(dir, at, m.began[dir], ev) {
				m.drop(ev.Stream)
			}
		}
	}
}

// open begins an exchange (RFC 9113 §8.1, RFC 8441 §4).
func (m *multiplex) open(at capture.Instant, ev http2.Event) {
	m.last = ev.Stream
	head := http2.Head(ev.Fields)
	if len(m.streams) >= maxStreams || m.used+len(head) > maxUsed {
		m.c.emit(capture.Loss{At: at, Kind: capture.LostRefused, Count: 1, Detail: fmt.Sprintf("over %d streams at a time on one connection, or %d MiB held for them", maxStreams, maxUsed>>20)})
		return
	}
	p := http2.PseudoOf(ev.Fields)
	d := &m.c.desk
	x := d.begin(m.began[FromClient], p.Method, p.Method == "CONNECT" && strings.EqualFold(p.Protocol, "websocket"))
	x.unseen = m.lost[FromServer]
	host := http2.Get(ev.Fields, "host")
	if host == "" {
		host = p.Authority
	}
	r := asked{head: head, target: p.Path, authority: p.Authority, host: host, kind: http2.Get(ev.Fields, "content-type")}
	if x.upgrade {
		x.head = head
		if ev.Truncated {
			x.u.Oddities = append(x.u.Oddities, "fields over 64 KiB are left out")
		}
		if http2.Get(ev.Fields, "sec-websocket-version") != "13" {
			x.u.Oddities = append(x.u.Oddities, "Sec-WebSocket-Version is not 13")
		}
		d.upgrade(x, r)
	} else {
		d.otherRequest(x, r)
	}
	s := &stream{m: m, d: d, x: x, asked: newBody(http1.Framing{Kind: http1.UntilClose}, x.requestLimit())}
	m.streams[ev.Stream] = s
	s.use(len(head))
	if ev.End {
		s.finish(FromClient, at)
	}
}

// statusOf reads a status, 0 if it is none.
func statusOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || len(s) != 3 {
		return 0
	}
	return n
}
