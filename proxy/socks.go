package proxy

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// SOCKS 5 (RFC 1928), of which CONNECT is spoken:
//
//	client: 05 n method*n                       proxy: 05 method
//	client: 05 01 00 type address port(2)       proxy: 05 reply 00 01 00000000 0000
const (
	socksVersion = 5

	socksNoAuth   = 0x00
	socksPassword = 0x02 // RFC 1929
	socksNoMethod = 0xff

	socksConnect = 1

	socksIPv4 = 1
	socksName = 3
	socksIPv6 = 4

	socksSucceeded  = 0
	socksNotAllowed = 2
	socksNoCommand  = 7
	socksNoAddress  = 8
)

var errSOCKS = errors.New("not as SOCKS 5 has it")

// socks serves a client that speaks SOCKS 5. As with CONNECT, it is answered before
// anything is known of the gateway.
func (p *Proxy) socks(ctx context.Context, c *client) {
	c.SetDeadline(time.Now().Add(p.limits.Connect))
	target, err := p.socksTarget(c)
	if err != nil {
		p.opt.Log.Debug().Err(err).Msg("SOCKS client turned away")
		closeWrite(c.Conn)
		linger(c, p.limits.RefusalBody)
		return
	}
	c.phases.ConnectRead = p.clock.now()
	c.target = target
	if socksReply(c, socksSucceeded) != nil {
		c.Close()
		return
	}
	c.phases.ConnectAnswered = p.clock.now()
	c.SetDeadline(time.Time{})
	p.inside(ctx, c)
}

// socksTarget reads up to where the client's own bytes begin. It returns the
// host:port that the client wants, or has told the client why not.
func (p *Proxy) socksTarget(c *client) (string, error) {
	if err := p.socksMethod(c); err != nil {
		return "", err
	}
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return "", err
	}
	switch {
	case head[0] != socksVersion:
		return "", errSOCKS
	case head[1] != socksConnect:
		return "", errors.Join(errSOCKS, socksReply(c, socksNoCommand))
	}
	host, err := socksHost(c, head[3])
	if err != nil {
		return "", err
	}
	var port [2]byte
	if _, err := io.ReadFull(c, port[:]); err != nil {
		return "", err
	}
	n := binary.BigEndian.Uint16(port[:])
	if !isHost(host) || n == 0 {
		return "", errors.Join(errSOCKS, socksReply(c, socksNotAllowed))
	}
	return net.JoinHostPort(host, strconv.Itoa(int(n))), nil
}

// socksMethod agrees on how the client proves who it is, and lets it.
func (p *Proxy) socksMethod(c *client) error {
	methods, err := socksString(c, make([]byte, 1)) // behind the version
	if err != nil {
		return err
	}
	method := byte(socksNoAuth)
	if p.opt.Credentials != "" {
		method = socksPassword
	}
	for i := range methods {
		if methods[i] != method {
			continue
		}
		if _, err := c.Write([]byte{socksVersion, method}); err != nil || method == socksNoAuth {
			return err
		}
		return p.socksPassword(c)
	}
	c.Write([]byte{socksVersion, socksNoMethod})
	return errSOCKS
}

// socksPassword reads and answers name and password (RFC 1929 §2).
func (p *Proxy) socksPassword(c *client) error {
	name, err := socksString(c, make([]byte, 1))
	if err != nil {
		return err
	}
	password, err := socksString(c, nil)
	if err != nil {
		return err
	}
	var refused byte
	if !p.admits(name + ":" + password) {
		refused = 1
	}
	_, err = c.Write([]byte{1, refused})
	if refused != 0 {
		return errSOCKS
	}
	return err
}

// socksHost reads an address of that type.
func socksHost(c *client, kind byte) (string, error) {
	var ip [16]byte
	switch kind {
	case socksName:
		return socksString(c, nil)
	case socksIPv4:
		_, err := io.ReadFull(c, ip[:4])
		return netip.AddrFrom4([4]byte(ip[:4])).String(), err
	case socksIPv6:
		_, err := io.ReadFull(c, ip[:])
		return netip.AddrFrom16(ip).String(), err
	default:
		return "", errors.Join(errSOCKS, socksReply(c, socksNoAddress))
	}
}

// isHost reports whether s can be a host name or an address.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`:/\?#@[]%"`, r) }
	return s != "" && strings.IndexFunc(s, odd) < 0
}

// socksString reads a string behind a byte with its length, which follows ahead.
func socksString(c *client, ahead []byte) (string, error) {
	if _, err := io.ReadFull(c, ahead); err != nil {
		return "", err
	}
	var n [1]byte
	if _, err := io.ReadFull(c, n[:]); err != nil {
		return "", err
	}
	b := make([]byte, n[0])
	_, err := io.ReadFull(c, b)
	return string(b), err
}

func socksReply(c *client, reply byte) error {
	_, err := c.Write([]byte{socksVersion, reply, 0, socksIPv4, 0, 0, 0, 0, 0, 0})
	return err
}
