package covariate

import (
	"net/netip"
	"slices"
	"strings"

	"why403/capture"
)

// Key is something attempts are counted under.
type Key struct {
	Name string // as scope in the findings
	// Of returns the attempt's value of the key, "" if it is not known.
	Of func(*Attempt) string
	// who returns something that attempts with the same value mostly share, so that the
	// value is worked out once for each; the zero value stands for nothing.
	who func(*Attempt) identity
}

// identity is a token or an address.
type identity struct {
	token   *Token
	address netip.AddrPort
}

// Keys are the keys that a limit may be kept under, the plainest first.
var Keys = []Key{
	{"global", func(*Attempt) string { return "all" }, nobody},
	{"token", func(a *Attempt) string {
		if a.Token != nil && a.Token.Kind == capture.Placeholder {
			return noToken
		}
		return string(a.Upgrade.Token())
	}, itsToken},
	{"client", ofToken(func(k *Token) string { return k.Client }), itsToken},
	{"subject", ofToken(func(k *Token) string { return k.Subject }), itsToken},
	{"organisation", ofToken(func(k *Token) string { return k.Organisation }), itsToken},
	{"source", func(a *Attempt) string {
		if s := a.Upgrade.Source; s.IsValid() {
			return s.Addr().String()
		}
		return ""
	}, func(a *Attempt) identity { return identity{address: netip.AddrPortFrom(a.Upgrade.Source.Addr(), 0)} }},
	{"edge", func(a *Attempt) string {
		if s := a.Upgrade.Server; s.IsValid() {
			return s.String()
		}
		return ""
	}, func(a *Attempt) identity { return identity{address: a.Upgrade.Server} }},
	{"host", func(a *Attempt) string { return strings.ToLower(a.Upgrade.Host) }, nobody},
}

func nobody(*Attempt) identity { return identity{} }

func itsToken(a *Attempt) identity { return identity{token: a.Token} }

// noToken is the value of the keys of a token for requests that have none, where
// others do: they are no unknown token's.
const noToken = "(none)"

func ofToken(of func(*Token) string) func(*Attempt) string {
	return func(a *Attempt) string {
		switch {
		case a.Token == nil:
			return ""
		case a.Token.Kind == capture.Placeholder:
			return noToken
		}
		return of(a.Token)
	}
}

// Partition is the attempts of a table told apart by a key.
type Partition struct {
	Scope string
	// Equivalent are the other keys that tell the attempts apart in the same
	// way; no recording of this load can separate them.
	Equivalent []string
	Labels     []int32 // by attempt: 0 to N−1 in the order of appearance, −1 unknown
	N          int
	Unknown    int // attempts whose label is −1
	// Values are as Labels, 0 to Distinct−1, where the stretches of the run are not
	// told apart: of the same value of the key in two stretches there are two labels.
	Values   []int32
	Distinct int
}

// Has reports whether a key is one of the partition's.
func (p Partition) Has(key string) bool { return p.Scope == key || slices.Contains(p.Equivalent, key) }

// Partitions returns the ways in which keys tell the attempts apart, in the order
// of [Keys]. Keys unknown for every attempt are left out. each does a job for 0 to n−1, in
// any order or at once.
func (t *Table) Partitions(each func(n int, job func(i int))) []Partition {
	all := make([]Partition, len(Keys))
	each(len(Keys), func(i int) { all[i] = t.partition(Keys[i]) })
	var parts []Partition
	for _, p := range all {
		if p.N == 0 {
			continue
		}
		same := slices.IndexFunc(parts, func(q Partition) bool { return slices.Equal(p.Labels, q.Values) })
		if same >= 0 {
			parts[same].Equivalent = append(parts[same].Equivalent, p.Scope)
			continue
		}
		parts = append(parts, t.split(p))
	}
	return parts
}

// split tells the values of a partition apart by the stretches of the run.
func (t *Table) split(p Partition) Partition {
	p.Values, p.Distinct = p.Labels, p.N
	if t.Axis.N() == 1 {
		return p
	}
	p.Labels = make([]int32, len(p.Values))
	index := map[[2]int32]int32{}
	for i, v := range p.Values {
		if v < 0 {
			p.Labels[i] = -1
			continue
		}
		key := [2]int32{v, t.stretches[i]}
		if _, known := index[key]; !known {
			index[key] = int32(len(index))
		}
		p.Labels[i] = index[key]
	}
	p.N = len(index)
	return p
}

func (t *Table) partition(k Key) Partition {
	p := Partition{Scope: k.Name, Labels: make([]int32, len(t.Attempts))}
	index, labels := labelled{}, map[identity]int32{}
	for i := range t.Attempts {
		who := k.who(&t.Attempts[i])
		l, known := labels[who]
		if !known {
			l = index.label(t.valueOf(k, i))
			if who != (identity{}) {
				labels[who] = l
			}
		}
		if p.Labels[i] = l; l < 0 {
			p.Unknown++
		}
	}
	p.N = len(index)
	return p
}

// valueOf returns the value of a key that the attempt at a position has.
func (t *Table) valueOf(k Key, i int) string {
	value := k.Of(&t.Attempts[i])
	if value == "" && t.TokensUsual && tokenKeys[k.Name] && t.Tokenless(i) {
		return noToken
	}
	return value
}

// labelled are values with their labels, in the order of appearance.
type labelled map[string]int32

// label returns that of a value, −1 of none.
func (v labelled) label(value string) int32 {
	if value == "" {
		return -1
	}
	l, known := v[value]
	if !known {
		l = int32(len(v))
		v[value] = l
	}
	return l
}

var tokenKeys = map[string]bool{"token": true, "client": true, "subject": true, "organisation": true}

// Tokenless reports whether an attempt is known to have carried no token, or
// something that cannot be one.
func (t *Table) Tokenless(i int) bool { return t.tokenless[i] }

func (t *Table) isTokenless(a *Attempt) bool {
	switch {
	case len(a.Upgrade.Credentials) == 0:
		return t.TokensUsual
	case a.Token == nil:
		return false
	}
	return a.Token.Kind == capture.Placeholder || a.Token.Kind == capture.Opaque && t.jwtsUsual
}

// countJWTs reports whether nearly all tokens of accepted attempts are JWTs.
func (t *Table) countJWTs() bool {
	accepted, jwts := 0, 0
	for i := range t.Attempts {
		if a := &t.Attempts[i]; !a.Refused && a.Token != nil {
			accepted++
			if a.Token.Kind == capture.JWT {
				jwts++
			}
		}
	}
	return 10*jwts > 9*accepted
}

// tokensUsual reports whether most attempts carry a token, or nearly all accepted ones do: a load
// tool whose token requests fail mostly sends none.
func (t *Table) tokensUsual() bool {
	with, accepted, acceptedWith := 0, 0, 0
	for i := range t.Attempts {
		carries := t.Attempts[i].Upgrade.Token() != ""
		if carries {
			with++
		}
		if !t.Refused[i] {
			accepted++
			if carries {
				acceptedWith++
			}
		}
	}
	return 2*with > len(t.Attempts) || accepted >= fewestShown && 10*acceptedWith > 9*accepted
}

// fewestShown is how many accepted attempts show where tokens travel.
const fewestShown = 10
