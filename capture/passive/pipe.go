package passive

import (
	"bytes"
	"slices"

	"why403/capture"
	"why403/capture/dissect"
	"why403/capture/tlswire"
)

// layer reads what a pipe carries once that is known.
type layer interface {
	data(dir dissect.Dir, at capture.Instant, b []byte)
	gap(dir dissect.Dir, at capture.Instant, n int64)
	end(dir dissect.Dir, at capture.Instant, how capture.Ending)
	close(at capture.Instant, how capture.Ending)
}

// pipe is two directions of bytes, of a TCP connection or of what is inside TLS or a
// tunnel. It finds out what they are and hands them on.
type pipe struct {
	f      *flow
	scheme string
	// authority is the target of the CONNECT that the pipe is behind, connectRead and
	// connectAnswered its times.
	authority                    string
	connectRead, connectAnswered capture.Instant
	tls                          *tlswire.Conn // that the pipe is inside of, nil if none
	late                         bool          // the direction at hand began before the capture
	broken                       bool          // what came before is over: look for a new start

	layer layer
	held  []piece // until the layer is known
	size  int     // bytes in them
	start [2][]byte
}

// piece is something that happened on a pipe: bytes, a gap or an end.
type piece struct {
	dir dissect.Dir
	at  capture.Instant
	b   []byte
	gap int64
	how capture.Ending
}

// maxHeld is how many bytes wait for the first ones of the client.
const maxHeld = 16 << 10

func (p *pipe) data(dir dissect.Dir, at capture.Instant, b []byte) {
	if p.layer == nil {
		p.sniff(dir, at, b)
		return
	}
	p.layer.data(dir, at, b)
}

func (p *pipe) gap(dir dissect.Dir, at capture.Instant, n int64) {
	if p.layer == nil {
		p.hold(piece{dir: dir, at: at, gap: n})
		return
	}
	p.layer.gap(dir, at, n)
}

func (p *pipe) end(dir dissect.Dir, at capture.Instant, how capture.Ending) {
	if p.layer == nil {
		p.hold(piece{dir: dir, at: at, how: how})
		return
	}
	p.layer.end(dir, at, how)
}

func (p *pipe) close(at capture.Instant, how capture.Ending) {
	if p.layer != nil {
		p.layer.close(at, how)
	}
}

// sniff looks at the first bytes. Of a stream whose start is missing it looks at each
// segment, for where a message begins.
func (p *pipe) sniff(dir dissect.Dir, at capture.Instant, b []byte) {
	if p.late || p.broken || p.torn(dir) {
		switch k := classify(b); {
		case k.fromClient() && dir == dissect.FromClient, k.fromServer() && dir == dissect.FromServer:
		case k == tlsRecord:
			p.f.o.unread.add(p.f, &tlswire.Problem{Reason: tlswire.StartedLate}, at)
			p.ignore()
			return
		default:
			return
		}
		p.start[dir] = nil
		p.held = slices.DeleteFunc(p.held, func(h piece) bool { return h.dir == dir && h.how == "" })
	}
	head := b[:min(len(b), decisive)]
	p.start[dir] = append(p.start[dir], head[:min(len(head), max(0, decisive-len(p.start[dir])))]...)
	client := classify(p.start[dissect.FromClient])
	server := classify(p.start[dissect.FromServer])
	switch {
	case client == unknown, client == settings, server == unknown && client != short, p.size+len(b) > maxHeld:
		p.ignore()
	case client != short:
		p.choose(client)
		p.data(dir, at, b)
	case server.fromServer(), server == settings:
		p.choose(server)
		p.data(dir, at, b)
	default:
		p.hold(piece{dir: dir, at: at, b: bytes.Clone(b)})
	}
}

// torn reports whether bytes of a direction are missing before what comes now.
func (p *pipe) torn(dir dissect.Dir) bool {
	for _, h := range p.held {
		if h.gap > 0 && h.dir == dir {
			return len(p.start[dir]) == 0
		}
	}
	return false
}

func (p *pipe) hold(h piece) {
	p.held = append(p.held, h)
	p.size += len(h.b)
}

// choose begins the layer for what was recognised and replays what was held.
func (p *pipe) choose(k kind) {
	switch k {
	case request, response, preface, settings:
		p.layer = newHTTP(p)
	case connect:
		p.layer = &tunnel{p: p}
	case clientHello, serverHello:
		p.layer = newTLS(p)
	case proxyHeader:
		p.layer = &proxied{p: p}
	default:
		p.ignore()
		return
	}
	p.broken = false
	held := p.held
	p.held, p.start = nil, [2][]byte{}
	for _, h := range held {
		replay(p, h)
	}
}

func replay(p *pipe, h piece) {
	switch {
	case h.how != "":
		p.end(h.dir, h.at, h.how)
	case h.gap > 0:
		p.gap(h.dir, h.at, h.gap)
	default:
		p.data(h.dir, h.at, h.b)
	}
}

// ignore lets everything pass unread.
func (p *pipe) ignore() {
	p.headless()
	p.layer, p.held, p.start = nothing{}, nil, [2][]byte{}
	if p == &p.f.top {
		p.f.tcp.Ignore()
	}
}

// nothing is the layer of what is not read.
type nothing struct{}

func (nothing) data(dissect.Dir, capture.Instant, []byte)        {}
func (nothing) gap(dissect.Dir, capture.Instant, int64)          {}
func (nothing) end(dissect.Dir, capture.Instant, capture.Ending) {}
func (nothing) close(capture.Instant, capture.Ending)            {}
