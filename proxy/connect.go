package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"why403/capture"
	"why403/capture/http1"
)

// handle serves one client, up to where its tunnel runs on its own.
func (p *Proxy) handle(ctx context.Context, c *client) {
	switch {
	case len(p.opt.Reverse) > 0:
		p.reverse(ctx, c)
		return
	case p.opt.Transparent != "":
		p.transparent(ctx, c)
		return
	}
	c.SetReadDeadline(time.Now().Add(p.limits.Connect))
	switch first, err := c.peek(); {
	case err != nil:
		c.Close()
	case first == socksVersion:
		p.socks(ctx, c)
	default:
		p.http(ctx, c)
	}
}

// http serves a client that speaks to an HTTP proxy.
func (p *Proxy) http(ctx context.Context, c *client) {
	head, err := c.readHead(p.limits.Connect)
	if err != nil {
		p.badHead(c, head, err)
		return
	}
	c.phases.ConnectRead = p.clock.now()
	p.route(ctx, c, head)
}

// route sends a client the way that its first request, or its first after plain
// ones, asks for.
func (p *Proxy) route(ctx context.Context, c *client, head []byte) {
	req, err := http1.ParseRequest(capture.Head(head))
	if err != nil {
		p.turnAway(c, answer(400, "not an HTTP/1 request"))
		return
	}
	target := req.Target
	switch {
	case target.Form != http1.OriginForm && !p.admitsField(proxyAuthorization(req.Fields)):
		p.turnAway(c, answerWith(407, "this proxy needs credentials", "Proxy-Authenticate: "+challenge+"\r\n"))
	case req.Method == http.MethodConnect:
		p.connect(ctx, c, target.Authority)
	case target.Form != http1.AbsoluteForm && req.Method == http.MethodGet && !req.IsUpgrade():
		p.turnAway(c, aboutAnswer())
	case target.Form != http1.AbsoluteForm:
		p.turnAway(c, answer(421, "this is a proxy, not the server that the request is for"))
	case !strings.EqualFold(target.Scheme, "http") && !strings.EqualFold(target.Scheme, "ws"):
		p.turnAway(c, answer(501, target.Scheme+" needs CONNECT"))
	case req.IsUpgrade():
		p.plain(ctx, c, head, withPort(target.Authority, "80"))
	default:
		p.forward.take(c, head)
	}
}

// badHead ends a connection whose first head did not come to its end.
func (p *Proxy) badHead(c *client, head []byte, err error) {
	switch {
	case errors.Is(err, errHeadTooLarge):
		p.turnAway(c, answer(431, "request head over "+strconv.Itoa(p.limits.Head)+" bytes"))
	case isTimeout(err) && len(head) > 0:
		p.turnAway(c, answer(408, "request head not complete after "+p.limits.Connect.String()))
	default:
		c.Close()
	}
}

// turnAway gives a client an answer of ours and closes.
func (p *Proxy) turnAway(c *client, answer []byte) {
	c.SetWriteDeadline(time.Now().Add(p.limits.Drain))
	c.Write(answer)
	closeWrite(c.Conn)
	linger(c, p.limits.RefusalBody)
}

// connect answers CONNECT before anything is known of the gateway: JMeter reads
// that answer without a time limit and shows nothing of one that is not 200.
func (p *Proxy) connect(ctx context.Context, c *client, target string) {
	host, port, err := net.SplitHostPort(target)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 1 || n > 65535 || host == "" {
		p.turnAway(c, answer(400, "CONNECT needs host:port"))
		return
	}
	c.target = target
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		c.Close()
		return
	}
	c.phases.ConnectAnswered = p.clock.now()
	p.inside(ctx, c)
}

// plain opens a tunnel for an upgrade to an http URL, whose head has been read.
func (p *Proxy) plain(ctx context.Context, c *client, head []byte, target string) {
	c.target, c.scheme = target, "http"
	c.phases.ConnectRead = 0 // it was no CONNECT
	c.unread = append(head[:len(head):len(head)], c.unread...)
	t := p.newTunnel(c, end{Conn: c, tcp: c})
	if host, _, _ := net.SplitHostPort(target); !p.decrypts(host) {
		p.losses.add(capture.LostBlind, host+": not among the hosts to decrypt")
		t.tap.mute()
	}
	t.open(ctx)
}

// withPort adds the port that a URL's scheme implies.
func withPort(authority, port string) string {
	if _, _, err := net.SplitHostPort(authority); err == nil {
		return authority
	}
	return net.JoinHostPort(strings.Trim(authority, "[]"), port)
}
