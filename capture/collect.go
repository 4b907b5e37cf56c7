package capture

import (
	"cmp"
	"iter"
	"slices"
)

// Collector gathers emitted records into a Run, in memory. The zero value is
// ready; it is not safe for concurrent use.
type Collector struct {
	run    Run
	known  index
	room   []Upgrade // for those to come
	shared *sharing
}

// Put takes one record. An upgrade with the key of an earlier one replaces it.
func (c *Collector) Put(rec Record) {
	if c.shared == nil {
		c.shared = newSharing()
	}
	switch rec := rec.(type) {
	case Upgrade:
		c.putUpgrade(rec)
	case Token:
		c.putToken(rec)
	case TokenRequest:
		c.shared.tokenRequest(&rec)
		c.run.TokenRequests = append(c.run.TokenRequests, rec)
	case ClockSample:
		c.shared.text(&rec.Authority)
		c.run.Clock = append(c.run.Clock, rec)
	case Loss:
		c.run.Losses = append(c.run.Losses, rec)
	case Note:
		c.run.Notes = append(c.run.Notes, rec)
	}
}

func (c *Collector) putUpgrade(u Upgrade) {
	kept := c.known.find(u.Conn, u.Exchange)
	if kept == nil {
		kept = c.next()
		kept.Conn, kept.Exchange = u.Conn, u.Exchange
		c.add(kept)
	}
	c.shared.upgrade(&u, kept)
	*kept = u
}

// Take takes an attempt that stays where it is, is the caller's no more, and is not made to
// share memory with others.
func (c *Collector) Take(u *Upgrade) {
	if kept := c.known.find(u.Conn, u.Exchange); kept != nil {
		*kept = *u
		return
	}
	c.add(u)
}

func (c *Collector) add(u *Upgrade) {
	c.known.put(u.Conn, u.Exchange, u)
	c.run.Upgrades = append(c.run.Upgrades, u)
}

// next returns room for an upgrade. Many are allocated at once, since alone each would
// take a tenth more than its size.
func (c *Collector) next() *Upgrade {
	if len(c.room) == 0 {
		c.room = make([]Upgrade, 256)
	}
	u := &c.room[0]
	c.room = c.room[1:]
	return u
}

func (c *Collector) putToken(t Token) {
	if c.run.Tokens == nil {
		c.run.Tokens = map[Fingerprint]Token{}
	}
	if _, known := c.run.Tokens[t.Fingerprint]; !known {
		c.run.Tokens[t.Fingerprint] = t
	}
}

// Upgrades yields the attempts so far, which stay the Collector's.
func (c *Collector) Upgrades() iter.Seq[*Upgrade] { return slices.Values(c.run.Upgrades) }

// Run returns what was gathered, in the order that Run documents, under the
// given meta data. The Collector must not be used afterwards.
func (c *Collector) Run(meta Meta) *Run {
	c.run.Meta = meta
	slices.SortStableFunc(c.run.Upgrades, func(a, b *Upgrade) int {
		return cmp.Or(cmp.Compare(a.Phases.RequestSent, b.Phases.RequestSent),
			cmp.Compare(a.Conn, b.Conn), cmp.Compare(a.Exchange, b.Exchange))
	})
	slices.SortStableFunc(c.run.TokenRequests, func(a, b TokenRequest) int {
		return cmp.Or(cmp.Compare(a.Sent, b.Sent),
			cmp.Compare(a.Conn, b.Conn), cmp.Compare(a.Exchange, b.Exchange))
	})
	run := c.run // a copy, so that it keeps nothing else alive
	*c = Collector{}
	return &run
}
