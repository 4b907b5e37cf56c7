package capture

import "fmt"

// CheckValid returns the first broken invariant of r, or nil. Producers and the
// run file's reader call it in tests; the analysis may rely on what it checks.
func (r *Run) CheckValid() error {
	var last Instant
	keys := make(map[[2]int64]bool, len(r.Upgrades))
	for i, u := range r.Upgrades {
		if err := u.CheckValid(); err != nil {
			return fmt.Errorf("upgrade %d (connection %d, exchange %d): %w", i, u.Conn, u.Exchange, err)
		}
		if u.Phases.RequestSent < last {
			return fmt.Errorf("upgrade %d (connection %d, exchange %d): out of order", i, u.Conn, u.Exchange)
		}
		last = u.Phases.RequestSent
		key := [2]int64{u.Conn, u.Exchange}
		if keys[key] {
			return fmt.Errorf("upgrade %d: connection %d, exchange %d appears twice", i, u.Conn, u.Exchange)
		}
		keys[key] = true
		for _, c := range u.Credentials {
			if _, known := r.Tokens[c.Token]; !known {
				return fmt.Errorf("upgrade %d: token %q is not in the run", i, c.Token)
			}
		}
	}
	return nil
}

// CheckValid returns the first invariant that the attempt breaks by itself, or nil.
func (u *Upgrade) CheckValid() error {
	p, s := &u.Phases, &u.Socket
	switch {
	case u.Conn < 1 || u.Exchange < 1:
		return fmt.Errorf("connection and exchange count from 1")
	case u.Outcome == Accepted && u.Status != 101 && u.Status/100 != 2, u.Outcome != Accepted && u.Status == 101:
		return fmt.Errorf("outcome %q with status %d", u.Outcome, u.Status)
	case u.Outcome == Refused && u.Status < 200:
		return fmt.Errorf("refused with status %d", u.Status)
	case u.Outcome != Unreached && !p.RequestSent.Seen():
		return fmt.Errorf("outcome %q, but no time at which the request was sent", u.Outcome)
	case u.Outcome == Accepted && !s.Opened.Seen():
		return fmt.Errorf("accepted, but no time at which the socket opened")
	case u.Outcome != Accepted && (s.Opened.Seen() || s.Closed.Seen()):
		return fmt.Errorf("outcome %q, but a socket was open", u.Outcome)
	case s.Closed.Seen() && s.Closed < s.Opened:
		return fmt.Errorf("socket closed before it opened")
	case len(u.Body) > BodyLimit:
		return fmt.Errorf("body of %d bytes kept, over the limit of %d", len(u.Body), BodyLimit)
	}
	return nil
}
