package passive

import (
	"why403/capture"
	"why403/capture/dissect"
	"why403/capture/tcp"
)

// flow is one TCP connection. It finds out which side is the client and hands its
// bytes to a pipe.
type flow struct {
	o      *Observer
	tcp    *tcp.Conn
	client tcp.Dir
	known  bool    // client is
	begun  [2]bool // bytes of a direction came
	top    pipe
}

// dir returns the direction in terms of client and server. If the opening was not
// captured the first bytes that only one of them says decide.
func (f *flow) dir(d tcp.Dir, b []byte) (dissect.Dir, bool) {
	if !f.known {
		if f.client, f.known = f.tcp.Opener(); !f.known {
			switch k := classify(b); {
			case k.fromClient():
				f.client, f.known = d, true
			case k.fromServer():
				f.client, f.known = 1-d, true
			default:
				return 0, false
			}
		}
	}
	if d == f.client {
		return dissect.FromClient, true
	}
	return dissect.FromServer, true
}

// Data implements [tcp.Stream].
func (f *flow) Data(d tcp.Dir, at capture.Instant, b []byte) {
	if dir, ok := f.dir(d, b); ok {
		f.top.late = f.tcp.Late[d]
		if f.top.late && !f.begun[d] && f.top.layer != nil { // not from its beginning
			f.top.gap(dir, at, 1)
		}
		f.begun[d] = true
		f.top.data(dir, at, b)
	}
}

// Gap implements [tcp.Stream].
func (f *flow) Gap(d tcp.Dir, at capture.Instant, n int64, _ tcp.Cause) {
	if dir, ok := f.dir(d, nil); ok {
		f.top.gap(dir, at, n)
	}
}

// End implements [tcp.Stream].
func (f *flow) End(d tcp.Dir, at capture.Instant, how capture.Ending) {
	dir, ok := f.dir(d, nil)
	if !ok {
		return
	}
	if dir == dissect.FromClient && !f.tcp.Seen(1-d) { // the answers may be all there was
		f.top.gap(dissect.FromServer, at, 1)
	}
	f.top.end(dir, at, how)
}

// Close implements [tcp.Stream]. What was open when the capture ended stays open in the
// record.
func (f *flow) Close(at capture.Instant, why tcp.Reason) {
	how := capture.Ending("")
	if why == tcp.Reused {
		how = capture.Broken
	}
	f.top.close(at, how)
	f.o.closed(f)
}

// endpoints returns both sides' addresses.
func (f *flow) endpoints() (client, server endpoint) {
	return f.tcp.Sides[f.client], f.tcp.Sides[1-f.client]
}
