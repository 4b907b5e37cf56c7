package virtual

import (
	"fmt"
	"math/rand/v2"
)

var attributeFamilies = []Family{
	attribute("attribute-scope", false, []string{"scope", "scopes"}, "chat:send", func(p *Person) { p.Scopes = []string{"chat:read"} }),
	attribute("attribute-audience", true, []string{"audience", "aud"}, "other", func(p *Person) { p.Audience = []string{"other"} }),
	attribute("attribute-issuer", true, []string{"issuer", "iss"}, "https://old.example/", func(p *Person) { p.Issuer = "https://old.example/" }),
	attribute("attribute-kid", false, []string{"kid"}, "k2", func(p *Person) { p.Key = "k2" }),
	attribute("attribute-region", false, nil, "", func(p *Person) { p.put("X-Region", "eu-west-1") }),
	attribute("attribute-origin", false, nil, "", func(p *Person) { p.put("Origin", "https://staging.example") }),
	attribute("attribute-user-agent", true, nil, "", func(p *Person) { p.put("User-Agent", "Apache-HttpClient/4.5") }),
	attribute("attribute-path", true, []string{"path", "target"}, "/v2/socket", func(p *Person) { p.Path = "/v2/socket" }),
	attribute("attribute-host", false, []string{"host", "authority"}, "gw-eu.example", func(p *Person) { p.Host = "gw-eu.example" }),
	attribute("attribute-organisation", true, []string{"organisation", "org_id", "org"}, "org-x", func(p *Person) { p.Organisation = "org-x" }),
	{Name: "attribute-edge", draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Edges: d.whole(3, 5), PinEdges: d.coin(), Dress: plainDress, Attempt: requestID}
		return s.with(Where(func(a *Arrival) bool { return a.Edge == 1 }, 1)),
			find(Want{Cause: "attribute", Names: []string{"edge", "server"}})
	}},
	{Name: "attribute-source", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Sources: d.whole(3, 5), Dress: plainDress, Attempt: requestID}
		return s.with(Where(func(a *Arrival) bool { return a.Source.As4()[3] == 2 }, 1)),
			find(Want{Cause: "attribute", Names: []string{"source", "client address"}})
	}},
	{Name: "attribute-edge-partly", Held: true, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Edges: d.whole(2, 4), Dress: plainDress, Attempt: requestID}
		return s.with(Where(func(a *Arrival) bool { return a.Edge == 1 }, d.between(0.85, 0.97))),
			find(Want{Cause: "attribute", Names: []string{"edge", "server"}})
	}},
	{Name: "attribute-edge-half", Least: 30, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Cast = Cast{Edges: d.whole(2, 4), Dress: plainDress, Attempt: requestID}
		return s.with(Where(func(a *Arrival) bool { return a.Edge == 1 }, d.between(0.55, 0.85))),
			find(Want{Cause: "attribute", Names: []string{"edge", "server"}})
	}},
}

// attribute is a load of which some persons differ in one thing, and are refused
// for it; others differ in things that nobody minds.
func attribute(name string, held bool, names []string, value string, mark func(*Person)) Family {
	return Family{Name: name, Held: held, draw: func(d *draw) (Scene, Truth) {
		s := d.churn()
		s.Tokens.Mode = Mode(d.IntN(2))
		share := d.between(0.1, 0.4)
		s.Cast = Cast{Sources: d.whole(1, 3), Attempt: requestID, Dress: func(r *rand.Rand, p *Person) {
			plainDress(r, p)
			if p.marked = r.Float64() < share; p.marked {
				mark(p)
			}
		}}
		return s.with(Where(func(a *Arrival) bool { return a.marked }, 1)), find(Want{Cause: "attribute", Names: names, Of: value})
	}}
}

// plainDress gives a person what means nothing: of few values, and of one's own.
func plainDress(r *rand.Rand, p *Person) {
	p.put("User-Agent", fmt.Sprintf("load/%d.0", 1+r.IntN(3)))
	p.put("Origin", "https://app.example")
	p.put("X-Region", []string{"us-east-1", "us-west-2"}[r.IntN(2)])
	p.put("X-Thread", fmt.Sprint(p.Number))
}

// requestID gives an attempt an id, unlike any other.
func requestID(r *rand.Rand, a *Arrival) {
	a.Fields = append(a.Fields[:len(a.Fields):len(a.Fields)], Field{"X-Request-Id", fmt.Sprintf("%016x", r.Uint64())})
}

// put sets a header field of a person.
func (p *Person) put(name, value string) {
	for i, f := range p.Fields {
		if f.Name == name {
			p.Fields[i].Value = value
			return
		}
	}
	p.Fields = append(p.Fields, Field{name, value})
}
