package passive

import (
	"bytes"

	"why403/capture"
	"why403/capture/dissect"
)

// proxied passes a PROXY protocol header (haproxy.org, proxy-protocol.txt §2): a line
// of text, or a signature(12) version and command(1) family(1) length(2) and addresses.
type proxied struct {
	p     *pipe
	head  []byte
	inner *pipe
}

// proxyLine is the longest header of version 1, with its line end.
const proxyLine = 107

func (x *proxied) data(dir dissect.Dir, at capture.Instant, b []byte) {
	if x.inner != nil {
		x.inner.data(dir, at, b)
		return
	}
	if dir == dissect.FromServer { // ahead of the client's first bytes: no protocol of ours
		x.p.ignore()
		return
	}
	x.head = append(x.head, b...)
	n, known := proxyHeaderLen(x.head)
	switch {
	case !known && len(x.head) > proxyLine:
		x.p.ignore()
	case known && len(x.head) >= n:
		rest := x.head[n:]
		x.inner, x.head = &pipe{f: x.p.f, scheme: "http"}, nil
		if len(rest) > 0 {
			x.inner.data(dir, at, rest)
		}
	}
}

// proxyHeaderLen returns the length of the header that b begins with, once it is
// known.
func proxyHeaderLen(b []byte) (n int, known bool) {
	if b[0] == proxyV2[0] { // what it begins has been recognised
		if len(b) < 16 {
			return 0, false
		}
		return 16 + int(b[14])<<8 + int(b[15]), true
	}
	i := bytes.Index(b, []byte("\r\n"))
	return i + 2, i >= 0
}

func (x *proxied) gap(dir dissect.Dir, at capture.Instant, n int64) {
	if x.inner == nil {
		x.p.ignore()
		return
	}
	x.inner.gap(dir, at, n)
}

func (x *proxied) end(dir dissect.Dir, at capture.Instant, how capture.Ending) {
	if x.inner != nil {
		x.inner.end(dir, at, how)
	}
}

func (x *proxied) close(at capture.Instant, how capture.Ending) {
	if x.inner != nil {
		x.inner.close(at, how)
	}
}
