package passive

import (
	"fmt"

	"why403/capture"
	"why403/capture/dissect"
	"why403/capture/http1"
)

// tunnel follows a CONNECT in clear (RFC 9110 §9.3.6): once it is answered with a
// 2xx, what follows is a pipe to the host that was asked for.
type tunnel struct {
	p     *pipe
	scan  [2]http1.Scanner
	head  [2][]byte
	read  capture.Instant // the request's head was complete
	after []byte          // what the client sent behind its head, before the answer
	inner *pipe
}

func (t *tunnel) data(dir dissect.Dir, at capture.Instant, b []byte) {
	switch {
	case t.inner != nil:
		t.inner.data(dir, at, b)
	case dir == dissect.FromClient && t.read.Seen():
		if t.after = append(t.after, b...); len(t.after) > maxHeld {
			t.p.ignore()
		}
	default:
		t.add(dir, at, b)
	}
}

// add takes the next bytes of a head.
func (t *tunnel) add(dir dissect.Dir, at capture.Instant, b []byte) {
	n, complete, err := t.scan[dir].Scan(b)
	t.head[dir] = append(t.head[dir], b[:n]...)
	switch {
	case err != nil:
		t.p.f.o.losses.add(capture.LostParse, at, 1, "CONNECT: "+err.Error())
		t.p.ignore()
	case complete && dir == dissect.FromClient:
		t.read = at
		if len(b) > n {
			t.data(dir, at, b[n:])
		}
	case complete:
		t.answered(at, b[n:])
	}
}

// answered begins the pipe behind a tunnel that stands. A refused one may be tried
// again on the same connection.
func (t *tunnel) answered(at capture.Instant, rest []byte) {
	req, err := http1.ParseRequest(capture.Head(t.head[dissect.FromClient]))
	if err != nil {
		t.p.ignore()
		return
	}
	resp, err := http1.ParseResponse(capture.Head(t.head[dissect.FromServer]))
	switch {
	case err != nil:
		t.p.ignore()
	case resp.Status < 200:
		t.head[dissect.FromServer], t.scan[dissect.FromServer] = nil, http1.Scanner{}
		if len(rest) > 0 {
			t.add(dissect.FromServer, at, rest)
		}
	case resp.Status < 300:
		t.inner = &pipe{f: t.p.f, scheme: "http", authority: req.Target.Authority,
			connectRead: t.read, connectAnswered: at}
		t.head = [2][]byte{}
		if len(t.after) > 0 {
			t.inner.data(dissect.FromClient, t.read, t.after)
		}
		if len(rest) > 0 {
			t.inner.data(dissect.FromServer, at, rest)
		}
	default:
		t.p.f.o.losses.add(capture.LostHandshake, at, 1, fmt.Sprintf("CONNECT answered with %d", resp.Status))
		t.p.layer, t.p.broken = nil, true
	}
}

func (t *tunnel) gap(dir dissect.Dir, at capture.Instant, n int64) {
	if t.inner != nil {
		t.inner.gap(dir, at, n)
		return
	}
	t.p.f.o.losses.add(capture.LostGap, at, n, "bytes missing within CONNECT")
	t.p.ignore()
}

func (t *tunnel) end(dir dissect.Dir, at capture.Instant, how capture.Ending) {
	if t.inner != nil {
		t.inner.end(dir, at, how)
	}
}

func (t *tunnel) close(at capture.Instant, how capture.Ending) {
	if t.inner != nil {
		t.inner.close(at, how)
	}
}
