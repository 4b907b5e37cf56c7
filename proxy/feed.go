package proxy

import "why403/capture/dissect"

// feed takes the next bytes of the client. It returns an error if they could not
// be sent.
func (r *requests) feed(b []byte) error {
	if len(b) > 0 && r.t.upgraded.Load() {
		if err := r.asBytes(); err != nil {
			return err
		}
	}
	for len(b) > 0 {
		var err error
		switch r.where {
		case inHead:
			b, err = r.feedHead(b)
		case inBody:
			b, err = r.feedBody(b)
		case inDoubt:
			if pr := r.t.tap.state(); !r.behind && pr.answered && !pr.upgraded {
				r.where = inHead
				continue
			}
			r.behind = true
			err, b = r.send(b), nil
		case inBytes:
			err, b = r.send(b), nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// feedBody sends what b has of the body in progress and returns the rest.
func (r *requests) feedBody(b []byte) (rest []byte, err error) {
	n, err := r.body.Feed(b)
	if err != nil { // nobody can tell where this body ends
		r.where = inBytes
		return b, nil
	}
	if r.body.Done() {
		r.where = inHead
	}
	r.t.within(dissect.FromServer, r.t.p.limits.Answer)
	return b[n:], r.send(b[:n])
}

// send relays bytes that are not part of a head.
func (r *requests) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	r.t.tap.data(dissect.FromClient, r.t.p.clock.now(), b)
	_, err := r.t.server.Write(b)
	return err
}

// asBytes relays everything from here on as it comes.
func (r *requests) asBytes() error {
	head := r.head
	r.head, r.where = nil, inBytes
	return r.send(head)
}
