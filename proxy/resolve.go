package proxy

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"why403/capture"
)

// Pin is an address at which a gateway is reached whatever its name resolves to.
type Pin struct {
	Target string // host:port
	Addr   netip.Addr
}

// ParsePin reads host:port:address, an IPv6 address in brackets or not.
func ParsePin(s string) (Pin, error) {
	host, rest, _ := strings.Cut(s, ":")
	port, address, _ := strings.Cut(rest, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	addr, aerr := netip.ParseAddr(strings.Trim(address, "[]"))
	if err != nil || aerr != nil || n == 0 || !isHost(host) {
		return Pin{}, fmt.Errorf("read pinned address %q: want host:port:address", s)
	}
	return Pin{net.JoinHostPort(strings.ToLower(host), port), addr}, nil
}

// resolve looks the host of target up, unless it is an address or pinned to one.
func (p *Proxy) resolve(ctx context.Context, target string, phases *capture.Phases) ([]netip.AddrPort, error) {
	resolver := p.opt.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	host, service, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	port, err := resolver.LookupPort(ctx, "tcp", service)
	if err != nil {
		return nil, err
	}
	ips := p.pinned(target)
	if ip, perr := netip.ParseAddr(host); perr == nil && ips == nil {
		ips = []netip.Addr{ip}
	}
	if ips == nil {
		phases.ResolveStart = p.clock.now()
		if ips, err = resolver.LookupNetIP(ctx, "ip", host); err != nil {
			return nil, err
		}
	}
	phases.Resolved = p.clock.now()
	addrs := make([]netip.AddrPort, len(ips))
	for i, ip := range ips {
		addrs[i] = netip.AddrPortFrom(ip.Unmap(), uint16(port))
	}
	return addrs, nil
}

// pinned returns the addresses that target is pinned to, in the order given.
func (p *Proxy) pinned(target string) (ips []netip.Addr) {
	for _, pin := range p.opt.Pins {
		if strings.EqualFold(pin.Target, target) {
			ips = append(ips, pin.Addr)
		}
	}
	return ips
}
