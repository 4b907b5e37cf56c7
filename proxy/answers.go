package proxy

import (
	"fmt"
	"net/netip"
	"time"

	"why403/capture"
	"why403/capture/dissect"
)

// goBlind makes the tunnel relay everything from here on without a look.
func (t *tunnel) goBlind() {
	t.blind = true
	t.within(dissect.FromServer, 0)
	t.upgraded.Store(true)
	t.c.setBusy(false)
}

// answers is the gateway's direction up to where the connection becomes a
// WebSocket. It changes nothing.
func (t *tunnel) answers() {
	buf := buffers.get()
	defer buffers.put(buf)
	for heard := false; ; {
		n, err := t.server.Read(*buf)
		if n > 0 {
			heard = true
			pr := t.tap.data(dissect.FromServer, t.p.clock.now(), (*buf)[:n])
			t.p.hold()
			t.settle(pr) // before the client can ask again
			_, werr := t.client.Write((*buf)[:n])
			t.p.release()
			t.tap.flush(dissect.FromServer)
			if werr != nil {
				t.writeFailed(dissect.FromServer, werr)
				break
			}
			if pr.upgraded {
				t.becomeSocket()
				return
			}
		}
		if err != nil {
			t.noAnswer(err, heard)
			break
		}
	}
	t.done()
}

// settle sets how long the gateway has for its next bytes.
func (t *tunnel) settle(pr progress) {
	if pr.upgraded || pr.answered {
		t.within(dissect.FromServer, 0)
		t.c.setBusy(false)
	} else {
		t.within(dissect.FromServer, t.p.limits.Answer)
	}
}

// becomeSocket makes relays of both directions. The client's finds out when there is
// something to relay.
func (t *tunnel) becomeSocket() {
	t.startRelay(dissect.FromServer)
	t.upgraded.Store(true)
	t.within(dissect.FromClient, 0)
}

// noAnswer deals with the end of the gateway's direction, from which something was
// heard or nothing ever.
func (t *tunnel) noAnswer(err error, heard bool) {
	pr := t.tap.state()
	switch {
	case isAlert(err) && !heard:
		// In TLS 1.3 a gateway refuses the client's part of the handshake, which may
		// lack a certificate, when we have long sent the request (RFC 8446 §4.4.2.4).
		status, why := unreached(t.c.target, fmt.Errorf("TLS handshake: %w", err))
		t.giveUp(capture.Unreached, status, why)
	case isTimeout(err) && !t.isDraining(dissect.FromServer) && !pr.answered && !pr.answering:
		t.giveUp(capture.TimedOut, 504, fmt.Sprintf("no answer from %q within %v", t.c.target, t.p.limits.Answer))
	default:
		t.readFailed(dissect.FromServer, err)
	}
}

// giveUp answers in the place of a gateway that has not begun to.
func (t *tunnel) giveUp(outcome capture.Outcome, status int, why string) {
	t.tap.fail(outcome, why)
	t.client.SetWriteDeadline(time.Now().Add(t.p.limits.Drain))
	t.client.Write(answer(status, why))
	t.client.finish()
	t.server.Close()
	t.drain(dissect.FromClient, t.p.limits.RefusalBody)
}

func (t *tunnel) isDraining(dir dissect.Dir) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.draining[dir]
}

// facts returns what the bytes of the next request do not show. The moments of the
// connection's opening belong to its first request alone.
func (t *tunnel) facts(edits []string) func(*capture.Upgrade) {
	opening, first := t.phases, !t.opened
	return func(u *capture.Upgrade) {
		u.Client = addrPort(t.c.RemoteAddr())
		if t.server.Conn != nil {
			u.Source, u.Server = addrPort(t.server.LocalAddr()), addrPort(t.server.RemoteAddr())
		}
		u.ClientTLS, u.ServerTLS = t.clientTLS, t.serverTLS
		u.Edits = append(u.Edits, edits...)
		u.Phases.RequestRead = opening.RequestRead
		if first {
			open(&u.Phases, opening)
		}
	}
}

// open copies the moments of a connection's opening.
func open(to *capture.Phases, from capture.Phases) {
	to.Accepted, to.ConnectRead, to.ConnectAnswered = from.Accepted, from.ConnectRead, from.ConnectAnswered
	to.ClientHello, to.ClientSecured = from.ClientHello, from.ClientSecured
	to.ResolveStart, to.Resolved, to.Dialed, to.Secured = from.ResolveStart, from.Resolved, from.Dialed, from.Secured
}

// sentName is the server name that Go sends for name: none for an address.
func sentName(name string) string {
	if _, err := netip.ParseAddr(name); err == nil {
		return ""
	}
	return name
}
