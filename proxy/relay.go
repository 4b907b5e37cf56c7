package proxy

import "why403/capture/dissect"

// startRelay relays a direction as it comes from here on, in a fresh goroutine: the
// stack of one that has done a TLS handshake stays large.
func (t *tunnel) startRelay(dir dissect.Dir) {
	t.p.running.Go(func() { t.relay(dir, newSource(t.from(dir), t.p.opt.KeepTLSBuffers)) })
}

// relay copies a direction until it ends.
//
// Not io.Copy: for TCP that is splice, which takes four more descriptors per
// connection and hides the frames.
func (t *tunnel) relay(dir dissect.Dir, from *source) {
	defer t.done()
	to := t.to(dir)
	for {
		b, err := from.next()
		if len(b) > 0 {
			t.tap.data(dir, t.p.clock.now(), b)
			_, werr := to.Write(b)
			t.tap.flush(dir)
			if werr != nil {
				from.free()
				t.writeFailed(dir, werr)
				return
			}
		}
		from.free()
		if err != nil {
			t.readFailed(dir, err)
			return
		}
	}
}
