package proxy

import (
	"fmt"
	"time"

	"why403/capture"
	"why403/capture/dissect"
	"why403/capture/http1"
)

// feedHead adds b to the head in progress and sends it if it is complete. It
// returns what follows the head.
func (r *requests) feedHead(b []byte) (rest []byte, err error) {
	if len(r.head) == 0 {
		r.scan = http1.Scanner{Limit: r.t.p.limits.Head}
		if r.t.server.Conn != nil {
			r.started = time.Now()
		}
	}
	n, complete, err := r.scan.Scan(b)
	r.head = append(r.head, b[:n]...)
	switch {
	case !http1.LooksLikeRequest(r.head):
		return b[n:], r.passOn()
	case err != nil:
		return nil, r.headTooLarge()
	case !complete:
		return nil, nil
	}
	head := r.head
	r.head = nil // one head is in memory at a time, and none while nothing comes
	return b[n:], r.sendHead(head)
}

func (r *requests) headTooSlow() error {
	return r.fail(408, fmt.Sprintf("request head not complete after %v", r.t.p.limits.RequestHead))
}

func (r *requests) headTooLarge() error {
	why := fmt.Sprintf("request head over %d bytes", r.t.p.limits.Head)
	r.t.p.losses.add(capture.LostParse, r.t.c.target+": "+why)
	return r.fail(431, why)
}

// sendHead edits a head and sends it, after connecting to the gateway if it is the
// connection's first.
func (r *requests) sendHead(head []byte) error {
	t := r.t
	t.phases.RequestRead = t.p.clock.now()
	req, err := http1.ParseRequest(capture.Head(head))
	if err != nil {
		r.head = head
		return r.passOn()
	}
	host, _ := req.Fields.Get("Host")
	edited, edits := http1.Edit(head, http1.EditOptions{KeepAbsolute: t.p.opt.KeepAbsolute, Host: t.c.hostFor(host)})
	if t.server.Conn == nil {
		if err := r.reach(); err != nil {
			return r.unreached(edited, edits, err)
		}
	}
	t.c.setBusy(true)
	r.where = r.behindHead(req)
	t.tap.request(t.p.clock.now(), edited, t.facts(edits))
	t.within(dissect.FromServer, t.p.limits.Answer)
	if t.tap.muted() {
		r.where = inBytes
		t.goBlind()
	}
	t.opened = true
	_, err = t.server.Write(edited)
	return err
}

// behindHead says what follows a request head.
func (r *requests) behindHead(req *http1.Request) where {
	framing, err := req.Framing()
	r.body = http1.NewBody(framing)
	switch {
	case req.IsUpgrade():
		return inDoubt
	case err != nil:
		return inBytes
	case r.body.Done():
		return inHead
	default:
		return inBody
	}
}
