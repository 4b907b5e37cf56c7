package proxy

import (
	"net"
	"net/netip"
)

// dialer returns what makes one connection to addr, from the next of the sources of
// its family.
func (p *Proxy) dialer(addr netip.Addr) *net.Dialer {
	d := new(net.Dialer) // keep-alive and no delay are its defaults
	var sources []netip.Addr
	for _, source := range p.opt.Sources {
		if source.Is4() == addr.Is4() {
			sources = append(sources, source)
		}
	}
	if len(sources) > 0 {
		source := sources[p.sources.Add(1)%uint64(len(sources))]
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	d.Control = controls{{d.LocalAddr != nil, bindWithoutPort}, {p.opt.Mark != 0, mark(p.opt.Mark)}}.function()
	return d
}
