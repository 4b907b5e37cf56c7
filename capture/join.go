package capture

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

// Part is one of the recordings that a run was joined from.
type Part struct {
	Meta
	Name  string        // what people call it, such as its file; "" if nobody said
	Until Instant       // the last moment it knows of
	Conns int64         // its connections in the joined run: those after the part's before, up to this
	Clock []ClockSample // its own
}

// PartOf returns which of r.Parts a connection belongs to, 0 if r is one recording.
func (r *Run) PartOf(conn int64) int {
	if len(r.Parts) == 0 {
		return 0
	}
	i, _ := slices.BinarySearchFunc(r.Parts, conn, func(p Part, conn int64) int { return cmp.Compare(p.Conns, conn) })
	return min(i, len(r.Parts)-1)
}

// Join returns one run of several recordings, which stay as they are; of one, that
// recording itself. Parts are in the order of their start, names in that of the
// recordings; there may be none. Connections are numbered anew.
//
// Each recording has a key of its own for fingerprints, so that only claims can tell
// that two tokens are one: signed tokens with the same claims are. Opaque tokens of
// two recordings stay two.
func Join(names []string, runs ...*Run) (*Run, error) {
	if len(runs) == 1 {
		return runs[0], nil
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("join recordings: none given")
	}
	j := joiner{run: &Run{Tokens: map[Fingerprint]Token{}}, byClaims: map[string]Fingerprint{}}
	seen := map[string]bool{}
	for _, i := range byStart(runs) {
		r, name := runs[i], ""
		if i < len(names) {
			name = names[i]
		}
		if r.ID != "" && seen[r.ID] {
			return nil, fmt.Errorf("join recordings: %q is given twice (run %s)", name, r.ID)
		}
		seen[r.ID] = true
		j.add(r, name)
	}
	return j.joined(), nil
}

func byStart(runs []*Run) []int {
	order := make([]int, len(runs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(runs[a].begin(), runs[b].begin()) })
	return order
}

// begin is the start of a run, or its first request.
func (r *Run) begin() Instant {
	if r.Started.Seen() || len(r.Upgrades) == 0 {
		return r.Started
	}
	return r.Upgrades[0].Phases.RequestSent
}

type joiner struct {
	run      *Run
	conns    int64 // so far
	byClaims map[string]Fingerprint
}

func (j *joiner) add(r *Run, name string) {
	same := j.tokens(r)
	last := j.conns
	for _, u := range r.Upgrades {
		v := *u
		v.Conn += j.conns
		last = max(last, v.Conn)
		v.Credentials = slices.Clone(u.Credentials)
		for k, c := range v.Credentials {
			if of, known := same[c.Token]; known {
				v.Credentials[k].Token = of
			}
		}
		j.run.Upgrades = append(j.run.Upgrades, &v)
	}
	for _, q := range r.TokenRequests {
		q.Conn += j.conns
		last = max(last, q.Conn)
		if of, known := same[q.Issued]; known {
			q.Issued = of
		}
		j.run.TokenRequests = append(j.run.TokenRequests, q)
	}
	j.conns = last
	j.run.Clock = append(j.run.Clock, r.Clock...)
	j.run.Losses = append(j.run.Losses, r.Losses...)
	j.run.Notes = append(j.run.Notes, r.Notes...)
	part := Part{Meta: r.Meta, Name: name, Conns: last, Clock: r.Clock}
	part.Started = r.begin()
	part.Until = part.Started.Add(max(0, r.end().Sub(part.Started)))
	j.run.Parts = append(j.run.Parts, part)
}

// tokens takes over the tokens of a recording and returns those that are tokens of
// an earlier one, under their fingerprint there. Claims that two tokens of one
// recording share tell nothing.
func (j *joiner) tokens(r *Run) map[Fingerprint]Fingerprint {
	same := map[Fingerprint]Fingerprint{}
	often := map[string]int{}
	for _, t := range r.Tokens {
		often[t.signed()]++
	}
	for fp, t := range r.Tokens {
		claims := t.signed()
		if claims != "" && often[claims] == 1 {
			if of, known := j.byClaims[claims]; known {
				same[fp] = of
				continue
			}
		}
		as := j.free(fp, t)
		if as != fp {
			same[fp] = as
		}
		t.Fingerprint = as
		j.run.Tokens[as] = t
		if claims != "" && often[claims] == 1 {
			j.byClaims[claims] = as
		}
	}
	return same
}

// free is a token's fingerprint, or another one if a token that is not the same has
// it: that of another key can only by chance be equal.
func (j *joiner) free(fp Fingerprint, t Token) Fingerprint {
	has, taken := j.run.Tokens[fp]
	has.Seen = t.Seen
	if !taken || reflect.DeepEqual(has, t) {
		return fp
	}
	return Fingerprint(fmt.Sprintf("%s-%d", fp, len(j.run.Parts)+1))
}

// signed is what tells a signed token from others, "" if nothing does: all claims
// with the moment at which it was issued.
func (t Token) signed() string {
	if t.Kind != JWT && t.Algorithm == "" || t.Claims == "" || !t.IssuedAt.Seen() {
		return ""
	}
	return t.Algorithm + " " + t.KeyID + " " + strconv.Itoa(t.Length) + " " + t.Claims
}

// joined completes the run: what is in the order of time, and what all parts have
// in common.
func (j *joiner) joined() *Run {
	r := j.run
	slices.SortStableFunc(r.Upgrades, func(a, b *Upgrade) int {
		return cmp.Or(cmp.Compare(a.Phases.RequestSent, b.Phases.RequestSent), cmp.Compare(a.Conn, b.Conn), cmp.Compare(a.Exchange, b.Exchange))
	})
	r.Meta = r.Parts[0].Meta
	sealed := true
	for k, p := range r.Parts {
		sealed = sealed && p.Ended.Seen()
		r.Ended = max(r.Ended, p.Ended)
		if k > 0 {
			r.ID += "+" + p.ID
		}
		if p.Source != r.Source {
			r.Source = "several"
		}
		if !slices.Equal(p.Command, r.Command) {
			r.Command = nil
		}
	}
	if !sealed {
		r.Ended = 0
	}
	return r
}
