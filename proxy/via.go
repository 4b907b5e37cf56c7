package proxy

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	socks "golang.org/x/net/proxy"

	"why403/capture"
	"why403/capture/http1"
)

// ParseVia reads the URL of a proxy to reach gateways through: http://host:port or
// socks5://host:port, with user:password@ if it asks for them.
func ParseVia(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil: // the URL may hold a password
		return nil, errors.New("read the URL of the proxy to go through: not a URL")
	case u.Scheme != "http" && u.Scheme != "socks5" && u.Scheme != "socks5h":
		return nil, fmt.Errorf("read the URL of the proxy to go through: scheme %q is neither http nor socks5", u.Scheme)
	case u.Hostname() == "" || u.Port() == "":
		return nil, errors.New("read the URL of the proxy to go through: want host:port")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, User: u.User}, nil
}

// errVia says that the proxy to go through did not connect to the gateway.
type errVia struct {
	proxy string
	err   error
}

func (e *errVia) Error() string { return fmt.Sprintf("through proxy %q: %v", e.proxy, e.err) }
func (e *errVia) Unwrap() error { return e.err }

// through asks the proxy at the other end of conn for a tunnel to target.
func (p *Proxy) through(ctx context.Context, conn net.Conn, target string) error {
	deadline, _ := ctx.Deadline()
	conn.SetDeadline(deadline)
	defer conn.SetDeadline(time.Time{})
	ask := throughHTTP
	if p.opt.Via.Scheme != "http" {
		ask = throughSOCKS
	}
	if err := ask(ctx, p.opt.Via, conn, target); err != nil {
		return &errVia{p.opt.Via.Host, err}
	}
	return nil
}

func throughSOCKS(ctx context.Context, via *url.URL, conn net.Conn, target string) error {
	var auth *socks.Auth
	if via.User != nil {
		password, _ := via.User.Password()
		auth = &socks.Auth{User: via.User.Username(), Password: password}
	}
	dialer, err := socks.SOCKS5("tcp", via.Host, auth, nil)
	if err != nil {
		return err
	}
	_, err = dialer.(interface {
		DialWithConn(ctx context.Context, conn net.Conn, network, address string) (net.Addr, error)
	}).DialWithConn(ctx, conn, "tcp", target)
	return err
}

func throughHTTP(_ context.Context, via *url.URL, conn net.Conn, target string) error {
	head := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if via.User != nil {
		password, _ := via.User.Password()
		credentials := base64.StdEncoding.EncodeToString([]byte(via.User.Username() + ":" + password))
		head += "Proxy-Authorization: Basic " + credentials + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		return err
	}
	answer, err := readConnectAnswer(conn)
	if err != nil {
		return err
	}
	resp, err := http1.ParseResponse(answer)
	switch {
	case err != nil:
		return err
	case resp.Status/100 != 2:
		return fmt.Errorf("answered CONNECT with %d %s", resp.Status, resp.Reason)
	}
	return nil
}

// readConnectAnswer reads a head and nothing behind it, byte by byte: what follows
// is the gateway's.
func readConnectAnswer(conn net.Conn) (capture.Head, error) {
	var head []byte
	var scan http1.Scanner
	for {
		var b [1]byte
		if _, err := io.ReadFull(conn, b[:]); err != nil {
			return "", fmt.Errorf("no answer to CONNECT: %w", err)
		}
		head = append(head, b[0])
		if _, done, err := scan.Scan(b[:]); done || err != nil {
			return capture.Head(head), err
		}
	}
}
