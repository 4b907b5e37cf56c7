package runfile

import (
	"errors"
	"fmt"

	"why403/capture"
)

// read gathers all tables into a run, attempts by what is to be read of them.
func read(db *database, attempts table[upgrade]) (*capture.Run, error) {
	var c capture.Collector
	var m []capture.Meta
	err := errors.Join(
		meta.read(db, func(r *capture.Meta) { m = append(m, *r) }),
		tokens.read(db, func(r *capture.Token) { c.Put(*r) }),
		attempts.readHalves(db, c.Take),
		tokenRequests.read(db, func(r *capture.TokenRequest) { c.Put(*r) }),
		clockSamples.read(db, func(r *capture.ClockSample) { c.Put(*r) }),
		losses.read(db, func(r *capture.Loss) { c.Put(*r) }),
		notes.read(db, func(r *capture.Note) { c.Put(*r) }),
	)
	if err != nil {
		return nil, err
	}
	if len(m) != 1 {
		return nil, fmt.Errorf("table run has %d rows, not 1", len(m))
	}
	run := c.Run(m[0])
	repair(run)
	return run, nil
}

// repair makes the run valid in the sense of [capture.Run.CheckValid], and notes what it
// did: a crash, a full queue or a full disk can have taken any record.
func repair(run *capture.Run) {
	note := func(format string, args ...any) {
		at := run.Started.Add(run.Duration())
		run.Notes = append(run.Notes, capture.Note{At: at, Text: fmt.Sprintf(format, args...)})
	}
	if !run.Ended.Seen() {
		note("the recording was not sealed: the recorder crashed, or still runs")
	}
	if n := addLostTokens(run); n > 0 {
		note("the facts of %d tokens are missing from the file", n)
	}
	if n, first := dropInvalid(run); n > 0 {
		note("%d records of the file are not possible and were left out; the first: %v", n, first)
	}
}

// dropInvalid removes upgrades that break the rules by themselves.
func dropInvalid(run *capture.Run) (dropped int, first error) {
	valid := run.Upgrades[:0]
	for _, u := range run.Upgrades {
		if err := u.CheckValid(); err != nil {
			dropped++
			if first == nil {
				first = fmt.Errorf("connection %d, exchange %d: %w", u.Conn, u.Exchange, err)
			}
			continue
		}
		valid = append(valid, u)
	}
	clear(run.Upgrades[len(valid):])
	run.Upgrades = valid
	return dropped, first
}

// addLostTokens gives every token that was used an entry.
func addLostTokens(run *capture.Run) (added int) {
	for _, u := range run.Upgrades {
		for _, c := range u.Credentials {
			if _, known := run.Tokens[c.Token]; known {
				continue
			}
			if run.Tokens == nil {
				run.Tokens = map[capture.Fingerprint]capture.Token{}
			}
			run.Tokens[c.Token] = capture.Token{Fingerprint: c.Token, Kind: capture.Opaque, Seen: u.Phases.RequestSent}
			added++
		}
	}
	return added
}
