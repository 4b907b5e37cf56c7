package proxy

import (
	"why403/capture/dissect"
)

// smallBuffer is what a silent socket holds per direction: most messages fit.
const smallBuffer = 1 << 10

// startRelay relays a direction as it comes from here on, in a fresh goroutine: the
// stack of one that has done a TLS handshake stays large.
func (t *tunnel) startRelay(dir dissect.Dir) { t.p.running.Go(func() { t.relay(dir) }) }

// relay copies a direction until it ends. A large buffer is borrowed while reads
// fill the one at hand, so that bulk goes fast and silence costs little.
//
// Not io.Copy: for TCP that is splice, which takes four more descriptors per
// connection and hides the frames.
func (t *tunnel) relay(dir dissect.Dir) {
	defer t.done()
	from, to := t.from(dir), t.to(dir)
	small := make([]byte, smallBuffer)
	var large *[]byte
	defer func() {
		if large != nil {
			buffers.put(large)
		}
	}()
	buf := small
	for {
		n, err := from.Read(buf)
		if n > 0 {
			t.tap.data(dir, t.p.clock.now(), buf[:n])
			_, werr := to.Write(buf[:n])
			t.tap.flush(dir)
			if werr != nil {
				t.writeFailed(dir, werr)
				return
			}
		}
		if err != nil {
			t.readFailed(dir, err)
			return
		}
		switch {
		case n == len(buf) && large == nil:
			large = buffers.get()
			buf = *large
		case n <= smallBuffer && large != nil:
			buffers.put(large)
			large, buf = nil, small
		}
	}
}
