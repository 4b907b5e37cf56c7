package proxy

import (
	"crypto/tls"

	"why403/capture/dissect"
)

// relayOn relays what the gateway sends from here on, in this goroutine if it has not
// done a TLS handshake: starting another, whose stack has to grow too, is a
// fiftieth of what an upgrade costs.
func (t *tunnel) relayOn() {
	_, client := t.client.Conn.(*tls.Conn)
	_, server := t.server.Conn.(*tls.Conn)
	if client || server {
		t.startRelay(dissect.FromServer)
		return
	}
	t.relay(dissect.FromServer, newSource(t.server, t.p.opt.KeepTLSBuffers))
}

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
