package ca

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// nowhere is a name that cannot exist (RFC 6761 §6.4). Name constraints say
// nothing about a kind of name that they do not mention, so an authority for
// addresses alone permits this one to forbid all others. (Excluding the empty
// name means the same, but Java does not read it.)
const nowhere = "why403.invalid"

// constrain confines cert to hosts: names, "*.example.com", and addresses. X.509
// knows no narrower form than a name with all names below it, so "example.com"
// and "*.example.com" permit the same.
func constrain(cert *x509.Certificate, hosts []string) error {
	cert.PermittedDNSDomainsCritical = true
	for _, host := range hosts {
		name, addr, err := parseHost(strings.TrimPrefix(host, "*."))
		switch {
		case err != nil:
			return err
		case addr.IsValid():
			cert.PermittedIPRanges = append(cert.PermittedIPRanges, single(addr))
		case !slices.Contains(cert.PermittedDNSDomains, name):
			cert.PermittedDNSDomains = append(cert.PermittedDNSDomains, name)
		}
	}
	if len(cert.PermittedDNSDomains) == 0 {
		cert.PermittedDNSDomains = []string{nowhere}
	}
	if len(cert.PermittedIPRanges) == 0 {
		cert.ExcludedIPRanges = []*net.IPNet{
			{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
			{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
		}
	}
	return nil
}

// single is the range that holds one address.
func single(addr netip.Addr) *net.IPNet {
	bits := addr.BitLen()
	return &net.IPNet{IP: addr.AsSlice(), Mask: net.CIDRMask(bits, bits)}
}

// Hosts returns what the authority is confined to: names, each with all names
// below it, and addresses. None means that it signs for any.
func (a *Authority) Hosts() []string {
	if !a.confined() {
		return nil
	}
	var hosts []string
	for _, name := range a.signer.PermittedDNSDomains {
		if name != nowhere {
			hosts = append(hosts, name)
		}
	}
	for _, r := range a.signer.PermittedIPRanges {
		hosts = append(hosts, r.IP.String())
	}
	return hosts
}

// Permits reports whether the authority may sign for a host name or address.
func (a *Authority) Permits(host string) bool {
	name, addr, err := parseHost(host)
	return err == nil && a.permits(name, addr)
}

func (a *Authority) permits(name string, addr netip.Addr) bool {
	if !a.confined() {
		return true
	}
	if addr.IsValid() {
		return slices.ContainsFunc(a.signer.PermittedIPRanges, func(r *net.IPNet) bool {
			return r.Contains(addr.AsSlice())
		})
	}
	return slices.ContainsFunc(a.signer.PermittedDNSDomains, func(domain string) bool {
		return name == domain || strings.HasSuffix(name, "."+domain)
	})
}

// parseHost reads an address, or a name in lower case, either without a trailing dot.
// Exactly one of the two is valid.
func parseHost(host string) (name string, addr netip.Addr, err error) {
	name = strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(name); err == nil { // "10.0.0.1." too, or its leaf would be given to 10.0.0.1
		return "", addr.Unmap().WithZone(""), nil
	}
	if err := checkName(name); err != nil {
		return "", netip.Addr{}, fmt.Errorf("host %q: %w", host, err)
	}
	return name, netip.Addr{}, nil
}

// checkName accepts letters, digits, hyphens and underscores in labels of 1 to 63
// bytes, 253 in all (RFC 1034 §3.1; underscores occur in practice).
func checkName(name string) error {
	if len(name) > 253 {
		return fmt.Errorf("longer than 253 bytes")
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' {
			return fmt.Errorf("a label of a name has 1 to 63 bytes and no hyphen first")
		}
		for i := range len(label) {
			if !nameByte(label[i]) {
				return fmt.Errorf("byte %q in a name", label[i])
			}
		}
	}
	return nil
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}
