package passive

import (
	"net/netip"
	"slices"
	"strings"

	"why403/capture"
	"why403/capture/tcp"
	"why403/capture/tlswire"
)

// Options say what to read. The zero value reads everything that needs no keys.
type Options struct {
	Keys *tlswire.KeyLog // secrets to decrypt with, nil for none
	// Hold is how many encrypted bytes of a connection wait for keys that come
	// late, as in a live capture; 0: keys that are not there will not come.
	Hold int
	// Ports keeps connections with one of these ports on either side; none: all.
	Ports []uint16
	// Hosts keeps upgrades to these hosts; none: all. An IP address is compared
	// with both sides of the connection, a name with the host that was asked
	// for; "*.example.com" stands for the domain.
	Hosts []string
	// Since and Until keep upgrades that were sent between them, and those whose socket
	// was open at Since, because a gateway counts those too; 0: no bound.
	Since, Until capture.Instant
	TCP          tcp.Options // bounds of reassembly
}

// filter is Options, prepared.
type filter struct {
	ports []uint16
	addrs []netip.Addr
	names []string
}

func newFilter(o Options) filter {
	f := filter{ports: o.Ports}
	for _, h := range o.Hosts {
		if a, err := netip.ParseAddr(h); err == nil {
			f.addrs = append(f.addrs, a.Unmap())
		} else {
			f.names = append(f.names, strings.ToLower(h))
		}
	}
	return f
}

// connection reports whether a connection may hold anything that is kept.
func (f *filter) connection(c *tcp.Conn) bool {
	if len(f.ports) > 0 && !slices.Contains(f.ports, c.Sides[0].Port) && !slices.Contains(f.ports, c.Sides[1].Port) {
		return false
	}
	return len(f.addrs) == 0 || len(f.names) > 0 || f.address(c)
}

func (f *filter) address(c *tcp.Conn) bool {
	return slices.ContainsFunc(c.Sides[:], func(e endpoint) bool {
		return slices.Contains(f.addrs, e.AddrPort().Addr())
	})
}

// host reports whether a host, with or without a port, is kept.
func (f *filter) host(c *tcp.Conn, hosts ...string) bool {
	if len(f.names) == 0 && len(f.addrs) == 0 {
		return true
	}
	return f.address(c) || slices.ContainsFunc(hosts, f.name)
}

func (f *filter) name(host string) bool {
	host = strings.ToLower(host)
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	for _, n := range f.names {
		domain, wild := strings.CutPrefix(n, "*")
		if host == n || wild && strings.HasSuffix(host, domain) {
			return true
		}
	}
	return false
}
