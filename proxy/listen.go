package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// Transparent is how clients that know of no proxy are led to it.
type Transparent string

// The ways there are, on Linux.
const (
	Redirect Transparent = "redirect" // REDIRECT or DNAT of nftables or iptables
	TProxy   Transparent = "tproxy"   // TPROXY: connections keep their destination
)

// Listen returns a listener on address that clients can be accepted from as the
// options say. With ReusePort, several processes can listen on one address, and the
// system shares the clients out among them.
func (o Options) Listen(address string) (net.Listener, error) {
	if o.Transparent != "" && !canTransparent {
		return nil, errors.New("listen: transparent mode needs Linux")
	}
	if o.Transparent != "" && o.Transparent != Redirect && o.Transparent != TProxy {
		return nil, fmt.Errorf("listen: transparent mode %q is neither redirect nor tproxy", o.Transparent)
	}
	config := net.ListenConfig{Control: controls{
		{o.ReusePort, reusePort},
		{o.Transparent == TProxy, listenForAll},
		{inheritsKeepAlive, keepAlive},
	}.function()}
	if inheritsKeepAlive {
		config.KeepAlive = -1 // leave accepted connections as they are
	}
	ln, err := config.Listen(context.Background(), "tcp", address)
	if err != nil && o.Transparent == TProxy && errors.Is(err, syscall.EPERM) {
		return nil, fmt.Errorf("%w (TPROXY needs CAP_NET_ADMIN)", err)
	}
	return ln, err
}

// transparent serves a client that does not know of the proxy.
func (p *Proxy) transparent(ctx context.Context, c *client) {
	to, err := originalDestination(c, p.opt.Transparent)
	if err == nil && to == addrPort(c.LocalAddr()) && p.opt.Transparent == Redirect {
		err = errors.New("the client came to the proxy itself")
	}
	if err != nil {
		p.opt.Log.Debug().Err(err).Msg("no original destination")
		p.notRedirected.Do(func() {
			p.warn("clients come to the transparent proxy that were not redirected to it: " + err.Error())
		})
		c.Close()
		return
	}
	c.target = to.String()
	p.inside(ctx, c)
}

// controls are settings of a socket, each made if its condition holds.
type controls []struct {
	set  bool
	make func(fd int, network string) error
}

// function returns what makes them, as package net calls it, nil if there are none.
func (list controls) function() func(network, address string, raw syscall.RawConn) error {
	var needed []func(int, string) error
	for _, c := range list {
		if c.set {
			needed = append(needed, c.make)
		}
	}
	if needed == nil {
		return nil
	}
	return func(network, _ string, raw syscall.RawConn) (err error) {
		if cerr := raw.Control(func(fd uintptr) {
			for _, set := range needed {
				err = errors.Join(err, set(int(fd), network))
			}
		}); cerr != nil {
			return cerr
		}
		return err
	}
}

// originalDestination is where a client wanted to go.
func originalDestination(c *client, how Transparent) (netip.AddrPort, error) {
	if how == TProxy {
		return addrPort(c.LocalAddr()), nil
	}
	s := (end{tcp: c}).socket()
	if s == nil {
		return netip.AddrPort{}, errors.New("not a TCP connection")
	}
	raw, err := s.conn.SyscallConn()
	if err != nil {
		return netip.AddrPort{}, err
	}
	var to netip.AddrPort
	cerr := raw.Control(func(fd uintptr) { to, err = redirectedFrom(int(fd), addrPort(c.LocalAddr()).Addr().Is6()) })
	return to, errors.Join(cerr, err)
}
