package analysis

import (
	"fmt"
	"net/url"
	"strings"

	"why403/capture"
)

// vendorHost finds a host that looks like a vendor's and is under none of its known
// domains.
func vendorHost(s *study) *Advice {
	host := s.mainHost()
	for _, v := range vendors() {
		if !v.claims(host) {
			continue
		}
		if _, _, known := v.domain(host); known {
			return documentedPath(s, &v, host)
		}
		return &Advice{
			Name: "vendor-host", Urgent: true,
			Says: fmt.Sprintf("The host %s looks like one of %s and is under none of its known domains (%s).", host, v.Vendor, v.Doubt),
			Do: []string{
				"Take the socket's address from the vendor's console or SDK for your region, not from a post or an older plan.",
				"If the name is a proxy or a partner's, ask who runs it: its limits are not the vendor's.",
			},
		}
	}
	return nil
}

// documentedPath finds a bearer token on sockets whose vendor documents none.
func documentedPath(s *study, v *vendor, host string) *Advice {
	if v.Vendor != "Genesys Cloud" || !strings.HasPrefix(host, v.Socket) {
		return nil
	}
	n := 0
	for _, u := range s.run.Upgrades {
		if _, has := u.RequestHead.Get("Authorization"); has {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return &Advice{
		Name: "vendor-path",
		Says: fmt.Sprintf("%s to %s carry an Authorization field; of %s %s.", plural(n, "upgrade"), host, v.Vendor, v.Note),
		Do:   []string{"Compare an upgrade with one of the vendor's own client: the test may take a path that users never take."},
	}
}

// regions finds an issuer in another part of the world than the gateway.
func regions(s *study) *Advice {
	host := s.mainHost()
	here := areaOf(host)
	if here == "" {
		return nil
	}
	for _, from := range s.issuers() {
		there := areaOf(from)
		if there == "" || there == here || strings.HasPrefix(there, here) || strings.HasPrefix(here, there) {
			continue
		}
		return &Advice{
			Name: "region",
			Says: fmt.Sprintf("The gateway's name says %s (%s), the issuer of the tokens says %s (%s).", here, host, there, from),
			Do:   []string{"Use the gateway and the issuer of the same region: a token of one region is often refused in another, and answers take longer."},
		}
	}
	return nil
}

// mainHost returns the host that most upgrades ask for, in lower case, without port.
func (s *study) mainHost() string {
	count, most := map[string]int{}, ""
	for _, u := range s.run.Upgrades {
		h := hostOnly(u.Host)
		if count[h]++; count[h] > count[most] || count[h] == count[most] && h < most {
			most = h
		}
	}
	return most
}

func hostOnly(host string) string {
	host = strings.ToLower(host)
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return host
}

// issuers returns the hosts that tokens of the upgrades come from, each once, in
// the order of first use.
func (s *study) issuers() []string {
	var hosts []string
	seen := map[string]bool{}
	add := func(address string) {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" && !seen[u.Hostname()] {
			seen[u.Hostname()] = true
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	last := capture.Fingerprint("")
	for i := range s.table.Attempts {
		if t := s.table.Attempts[i].Token; t != nil && t.Fingerprint != last {
			last = t.Fingerprint
			add(t.Issuer)
		}
	}
	for _, r := range s.run.TokenRequests {
		add(r.URL)
	}
	return hosts
}
