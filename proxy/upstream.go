package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"why403/capture"
	"why403/capture/tlswire"
)

// dial connects to the gateway at host:port and stamps how that went in phases.
func (p *Proxy) dial(ctx context.Context, target string, phases *capture.Phases) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.limits.Dial)
	defer cancel()
	next := target
	if p.opt.Via != nil {
		next = p.opt.Via.Host
	}
	conn, err := p.dialAny(ctx, next, phases)
	if err != nil && p.opt.Via != nil {
		return nil, &errVia{next, err}
	}
	if err != nil {
		return nil, err
	}
	if p.opt.Via != nil {
		if err := p.through(ctx, conn, target); err != nil {
			conn.Close()
			return nil, err
		}
	}
	phases.Dialed = p.clock.now()
	return conn, nil
}

func (p *Proxy) dialAny(ctx context.Context, target string, phases *capture.Phases) (net.Conn, error) {
	if p.opt.Dial != nil {
		phases.Resolved = p.clock.now()
		conn, err := p.opt.Dial(ctx, "tcp", target)
		if err != nil {
			return nil, err
		}
		return p.wired(newSocket(conn), false), nil
	}
	addrs, err := p.resolve(ctx, target, phases)
	if err != nil {
		return nil, err
	}
	// One after the other, each with its share of the time, as net.Dialer does
	// within an address family. Which address was taken is in the record.
	for i, addr := range addrs {
		conn, derr := p.dialOne(ctx, addr, len(addrs)-i)
		if derr == nil {
			return conn, nil
		}
		err = derr
		if isExhausted(derr) {
			break
		}
	}
	return nil, err
}

// dialOne tries one of the addresses that are left. The last has all the time there is.
func (p *Proxy) dialOne(ctx context.Context, addr netip.AddrPort, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		share := max(time.Until(deadline)/time.Duration(left), 2*time.Second)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	conn, err := p.dialer(addr.Addr()).DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return nil, err
	}
	s := p.wired(newSocket(conn), false)
	p.ports.take(addr)
	s.(*socket).closed = sync.OnceFunc(func() { p.ports.free(addr) })
	return s, nil
}

// gateway is a connection to one.
type gateway struct {
	server end
	facts  *capture.TLS // nil without TLS
	err    error        // why there is no connection
}

// reach connects to the gateway of a client, and stamps how that went in phases.
func (p *Proxy) reach(ctx context.Context, c *client, secure bool, phases *capture.Phases) *gateway {
	conn, err := p.dial(ctx, c.target, phases)
	if err != nil {
		return &gateway{err: err}
	}
	if !secure {
		return &gateway{server: end{Conn: conn, tcp: conn}}
	}
	secured, hello, err := p.secureUpstream(c, conn)
	if err != nil {
		conn.Close()
		return &gateway{err: err}
	}
	phases.Secured = p.clock.now()
	facts := tlsFacts(secured.ConnectionState(), sentName(c.sni()))
	fingerprint(facts, hello)
	return &gateway{server: end{Conn: secured, tcp: conn}, facts: facts}
}

// secureUpstream does the TLS handshake with the gateway as c's client would. It
// returns what the gateway saw of it first, too.
func (p *Proxy) secureUpstream(c *client, conn net.Conn) (*tls.Conn, *tlswire.ClientHello, error) {
	conn.SetDeadline(time.Now().Add(p.limits.ServerTLS))
	defer conn.SetDeadline(time.Time{})
	var first []byte
	if s, ok := conn.(*socket); ok {
		s.first = &first
	}
	secured := tls.Client(conn, p.serverTLS(c))
	if err := secured.Handshake(); err != nil {
		return nil, nil, fmt.Errorf("TLS handshake: %w", err)
	}
	body, _ := clientHello(first)
	hello, _ := tlswire.ParseClientHello(body)
	return secured, hello, nil
}

// unreached says why a gateway could not be reached, in words and as the status
// that the client is told.
func unreached(target string, err error) (status int, why string) {
	var dns *net.DNSError
	switch {
	case isExhausted(err):
		return 502, fmt.Sprintf("the proxy has no descriptors or ports left, its own fault and not the gateway's "+
			"(raise the descriptor limit, or add addresses with --source): %v", err)
	case errors.As(err, &dns):
		status, why = 502, fmt.Sprintf("look up %q: %s", dns.Name, dns.Err)
		if dns.IsTimeout {
			status = 504
		}
		return status, why
	case isTimeout(err), errors.Is(err, syscall.ETIMEDOUT):
		return 504, fmt.Sprintf("reach %q: timed out: %v", target, err)
	default:
		return 502, fmt.Sprintf("reach %q: %v", target, err)
	}
}

// isAlert reports whether the other side ended TLS with an alert (RFC 8446 §6.2).
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// isExhausted reports whether a system call failed because this process or machine
// has run out of something.
func isExhausted(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
