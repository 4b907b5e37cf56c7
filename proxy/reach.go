package proxy

import (
	"time"

	"why403/capture"
)

// passOn gives up on reading the client's bytes, which are not HTTP/1, and relays
// what has come of them.
func (r *requests) passOn() error {
	t := r.t
	b := r.head
	r.head, r.where = nil, inBytes
	if t.server.Conn == nil {
		t.p.losses.add(capture.LostParse, t.c.target+": not HTTP/1.1")
		t.tap.mute()
		if err := r.reach(); err != nil {
			t.p.opt.Log.Debug().Err(err).Str("target", t.c.target).Msg("cannot reach the server of a tunnel that is not HTTP")
			return errOver
		}
		t.goBlind()
	}
	return r.send(b)
}

// reach connects to the gateway.
func (r *requests) reach() error {
	t := r.t
	e := t.c.early
	if t.c.early = nil; e == nil {
		e = t.p.reach(r.ctx, t.c, t.c.scheme == "https", &t.phases)
	}
	if e.err != nil {
		return e.err
	}
	t.serverTLS = e.facts
	return t.reached(e.server)
}

// unreached tells the client inside the tunnel why its request did not get to the
// gateway, and records it.
func (r *requests) unreached(head []byte, edits []string, err error) error {
	t := r.t
	status, why := unreached(t.c.target, err)
	t.p.opt.Log.Debug().Err(err).Str("target", t.c.target).Msg("gateway not reached")
	t.tap.request(t.p.clock.now(), head, t.facts(edits))
	t.tap.fail(capture.Unreached, why)
	return r.fail(status, why)
}

// fail answers the client in the gateway's place, if the gateway owes no answer,
// and gives the tunnel up.
func (r *requests) fail(status int, why string) error {
	t := r.t
	if t.server.Conn == nil || t.tap.state().answered {
		t.client.SetWriteDeadline(time.Now().Add(t.p.limits.Drain))
		t.client.Write(answer(status, why))
		t.client.finish()
		t.client.SetReadDeadline(time.Now().Add(t.p.limits.RefusalBody))
		discard(t.client)
	}
	t.close()
	return errOver
}
