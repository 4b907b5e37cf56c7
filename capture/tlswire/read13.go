package tlswire

import "why403/capture"

// stage is which of a side's keys of TLS 1.3 is in use. A later one's that opens
// a record proves that the side has got there.
type stage uint8

const (
	stageEarly stage = iota // the client's 0-RTT data
	stageHandshake
	stageTraffic
	stages
)

// maxSkipped is how many bytes of a direction may fail to open, as early data
// that the server rejected and handshakes without a key do.
const maxSkipped = 1 << 20

// labelOf names the secret of a stage.
func labelOf(dir Dir, st stage) label {
	switch {
	case st == stageEarly:
		return clientEarly
	case st == stageHandshake:
		return clientHandshake + label(dir)
	}
	return clientTraffic + label(dir)
}

// bare reports whether records have no additional data, as before draft 25.
func (c *Conn) bare() bool { return draft13(c.facts.Version) && c.facts.Version < 0x7f19 }

func (c *Conn) choose13(h *serverHello) {
	if h.preSharedKey {
		c.facts.Resumed = true
	}
	c.begin13()
}

func (c *Conn) begin13() {
	c.sides[FromServer].stage = stageHandshake
	c.sides[FromClient].stage = stageHandshake
	if c.facts.EarlyData != EarlyNone && !c.facts.Retried {
		c.sides[FromClient].stage = stageEarly
	}
}

// open13 reads a sealed record (RFC 8446 §5.2).
func (c *Conn) open13(r *record) (later bool) {
	s := &c.sides[r.dir]
	switch {
	case !c.offer.seen:
		c.fail(r, Problem{Reason: OneDirection})
		return false
	case !c.choice.seen && c.version == versionTLS13 && c.offer.early && c.facts.Retried:
		return false // early data that a HelloRetryRequest rejects (RFC 8446 §4.2.10)
	case !c.choice.seen && !c.guess(r):
		c.fail(r, Problem{Reason: OneDirection})
		return false
	case s.stage == stageEarly && c.earlyUndecided():
		return true
	}
	for st := s.stage; st < stages; st++ {
		open, later := c.opener(r.dir, st)
		if later {
			return true
		}
		if open == nil || st == stageEarly && c.facts.EarlyData != EarlyAccepted {
			continue
		}
		var seq uint64
		if st == s.stage {
			seq = s.seq
		}
		if b, ok := open.open(c.d.scratch[:0], seq, r); ok {
			s.enter(st)
			s.seq = seq + 1
			return c.inner(r, b)
		}
		if st == s.stage && st != stageEarly {
			c.fail(r, Problem{Reason: DecryptFailed})
			return false
		}
	}
	c.unopened(r)
	return false
}

// enter goes on to a stage, where records are numbered anew. The keys before it are not
// needed any more.
func (s *side) enter(st stage) {
	for ; s.stage < st; s.stage++ {
		s.openers[s.stage] = nil
	}
	s.seq = 0
}

// earlyUndecided reports whether the server's answer to early data may still
// come: it is in the EncryptedExtensions.
func (c *Conn) earlyUndecided() bool {
	return c.facts.EarlyData == EarlyOffered && c.sides[FromServer].stage == stageHandshake && c.expects(FromServer)
}

// inner takes TLSInnerPlaintext: content, type, zeros (RFC 8446 §5.2).
func (c *Conn) inner(r *record, b []byte) (later bool) {
	end := len(b) - 1
	for end >= 0 && b[end] == 0 {
		end--
	}
	if end < 0 || b[end] == typeCCS {
		c.fail(r, Problem{Reason: Malformed, Detail: "record without content type"})
		return false
	}
	return c.content(r, b[end], b[:end], true)
}

// opener returns the opener of a stage, nil without its key, and whether that
// key may still come. Logs are written in the order of the stages.
func (c *Conn) opener(dir Dir, st stage) (open opener, later bool) {
	s := &c.sides[dir]
	if s.openers[st] != nil {
		return s.openers[st], false
	}
	secret, ok := c.d.Keys.find(&c.offer.random, labelOf(dir, st))
	if !ok {
		return nil, c.d.Hold > 0 && c.patient && !c.loggedAfter(dir, st)
	}
	if len(secret) == c.choice.suite.prf.Size() {
		s.openers[st], _ = c.choice.suite.newOpener13(&c.d.macs, secret, c.bare())
	}
	return s.openers[st], false
}

func (c *Conn) loggedAfter(dir Dir, st stage) bool {
	for st++; st < stages; st++ {
		if _, ok := c.d.Keys.find(&c.offer.random, labelOf(dir, st)); ok {
			return true
		}
	}
	return false
}

// unopened says why no key opened a record.
func (c *Conn) unopened(r *record) {
	s := &c.sides[r.dir]
	s.skipped += len(r.body)
	next, _ := c.opener(r.dir, stageHandshake)
	last, _ := c.opener(r.dir, stageTraffic)
	switch {
	case s.stage == stageTraffic, next == nil && last == nil:
		c.fail(r, c.missing(r.dir, max(s.stage, stageHandshake)))
	case s.skipped > maxSkipped:
		c.fail(r, Problem{Reason: DecryptFailed, Detail: "no key opens any record"})
	case s.stage != stageEarly:
		// Messages of the handshake: nothing is lost that the sink would get.
	case c.facts.EarlyData == EarlyAccepted && s.openers[stageEarly] != nil:
		c.fail(r, Problem{Reason: DecryptFailed, Detail: "early data"})
	case c.facts.EarlyData == EarlyAccepted:
		c.missed(r, c.missing(FromClient, stageEarly))
	case c.facts.EarlyData == EarlyOffered:
		p := c.missing(FromServer, stageHandshake)
		p.Detail = "whether the server took early data is unknown"
		c.missed(r, p)
	}
}

// unopenedAtEnd reports a direction of which nothing but the handshake came, or
// so it seemed, because the handshake's key is missing.
func (c *Conn) unopenedAtEnd(dir Dir, at capture.Instant) {
	s := &c.sides[dir]
	if s.skipped > 0 && s.stage == stageHandshake && s.openers[stageHandshake] == nil {
		c.fail(&record{dir: dir, at: at, offset: s.stream.done}, c.missing(dir, stageHandshake))
	}
}

// missing is the problem that a stage's secret is not in the key log.
func (c *Conn) missing(dir Dir, st stage) Problem {
	if !c.logged13() {
		return Problem{Reason: NoKey}
	}
	if _, ok := c.d.Keys.find(&c.offer.random, labelOf(dir, st)); ok {
		return Problem{Reason: DecryptFailed, Detail: "the secret's length does not fit the suite"}
	}
	return Problem{Reason: KeyIncomplete, Label: labelOf(dir, st).String()}
}
