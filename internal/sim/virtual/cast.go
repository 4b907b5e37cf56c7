package virtual

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// Cast is who uses the load tool: how many different values each part of an
// identity has. Zero counts as 1.
type Cast struct {
	Sources, Hosts, Edges            int
	Organisations, Clients, Subjects int  // clients belong to organisations, subjects to clients
	Elsewhere                        int  // one of so many threads has a source address of its own, 0: none
	PinEdges                         bool // a thread keeps to one of the gateway's addresses
	Groups                           int  // of threads that share a token, with Tokens.Mode Grouped
	Uneven                           bool // some values have several times the threads of others
	// Dress adds what is particular to a person; nil for nothing.
	Dress func(*rand.Rand, *Person)
	// Attempt adds what is particular to an attempt; nil for nothing.
	Attempt func(*rand.Rand, *Arrival)
}

// Person is the identity of a thread.
type Person struct {
	Number                          int
	Source                          netip.Addr
	Host                            string
	Organisation, ClientID, Subject string
	Group                           int
	Fields                          []Field // header fields of all attempts
	Path                            string

	// Claims beside the times, for the person's tokens.
	Scopes, Audience []string
	Issuer, Key      string

	edges, edge int
	pinned      bool
	marked      bool // by a family, for its rules
	attempt     func(*rand.Rand, *Arrival)
}

// company makes the persons of a scene.
type company struct {
	cast Cast
	r    *rand.Rand
}

func newCompany(c Cast, r *rand.Rand) *company { return &company{c, r} }

// pick draws one of n values; uneven ones have weights 1 to n.
func (c *company) pick(n int) int {
	if n <= 1 {
		return 0
	}
	if !c.cast.Uneven {
		return c.r.IntN(n)
	}
	x := c.r.IntN(n * (n + 1) / 2)
	for i := range n {
		if x -= i + 1; x < 0 {
			return i
		}
	}
	return n - 1
}

func (c *company) person(number int, l *Load) *Person {
	if l.Cast != nil {
		c.cast = *l.Cast
	}
	k := c.cast
	p := &Person{
		Number: number, Group: c.pick(k.Groups), Path: "/v1/socket", edges: max(1, k.Edges), pinned: k.PinEdges,
		Issuer: "https://id.example/", Audience: []string{"gateway"}, Scopes: []string{"chat:read", "chat:send"}, Key: "k1",
		attempt: k.Attempt,
	}
	p.Source = netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + c.pick(k.Sources))})
	if k.Elsewhere > 0 && number%k.Elsewhere == 0 {
		p.Source = netip.AddrFrom4([4]byte{10, 0, 1, 1})
	}
	p.Host = fmt.Sprintf("gw%d.example", 1+c.pick(k.Hosts))
	p.edge = c.pick(p.edges)
	c.identify(p)
	if k.Dress != nil {
		k.Dress(c.r, p)
	}
	return p
}

// identify gives organisation, client and subject, which threads of a group share
// since they share the token that says so.
func (c *company) identify(p *Person) {
	k := c.cast
	r := c.r
	if k.Groups > 1 {
		r = rand.New(rand.NewPCG(uint64(p.Group), 17))
	}
	shared := &company{k, r}
	org := shared.pick(k.Organisations)
	client := shared.pick(k.Clients)
	subject := shared.pick(k.Subjects)
	p.Organisation = fmt.Sprintf("org-%d", 1+org)
	p.ClientID = fmt.Sprintf("client-%d", 1+client*max(1, k.Organisations)+org)
	p.Subject = fmt.Sprintf("user-%d-%d", 1+client*max(1, k.Organisations)+org, subject)
}

// dress puts on what an attempt has of its person.
func (a *Arrival) dress(w *world) {
	a.Path = a.Person.Path
	a.Fields = a.Person.Fields
	if a.attempt != nil {
		a.attempt(w.load, a)
	}
}
