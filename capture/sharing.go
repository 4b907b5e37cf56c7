package capture

import (
	"slices"
	"strings"
)

// sharing lets upgrades, and what else is of a load, that say the same share the memory that it takes: of a load's
// upgrades nearly all have their host, their token, the facts of their TLS and much
// else in common. What differs with each is left as it is.
type sharing struct {
	texts       map[string]string
	lists       map[string][]string
	bodies      map[string][]byte
	credentials map[Credential][]Credential
	tls         map[TLS]*TLS
	heads       *HeadShapes
}

// mostShared bounds the different values of a kind that are looked for: a kind that has
// more is one that differs with each upgrade.
const mostShared = 1 << 14

func newSharing() *sharing {
	return &sharing{
		texts: map[string]string{}, lists: map[string][]string{}, bodies: map[string][]byte{},
		credentials: map[Credential][]Credential{}, tls: map[TLS]*TLS{}, heads: NewHeadShapes(),
	}
}

// first returns the value that was first met under a key, which may be the one given.
func first[K comparable, V any](known map[K]V, key K, value V) V {
	if have, ok := known[key]; ok {
		return have
	}
	if len(known) < mostShared {
		known[key] = value
	}
	return value
}

// text replaces texts that others say too.
func (s *sharing) text(texts ...*string) {
	for _, text := range texts {
		if *text != "" {
			*text = first(s.texts, *text, *text)
		}
	}
}

// tokenRequest replaces what a request for a token has in common with others.
func (s *sharing) tokenRequest(r *TokenRequest) {
	s.text(&r.URL, &r.GrantType, &r.ClientID, &r.Scope, &r.Error, (*string)(&r.Issued), (*string)(&r.ResponseHead))
}

// upgrade replaces what an upgrade has in common with others, and with what was known of
// it before.
func (s *sharing) upgrade(u, before *Upgrade) {
	u.RequestHead = s.heads.keep(u.RequestHead, before.RequestHead)
	u.ResponseHead = s.heads.keep(u.ResponseHead, before.ResponseHead)
	s.text(&u.Scheme, &u.Authority, &u.Host, &u.Target, &u.Failure, &u.Socket.CloseReason, &u.Socket.ServerFirst,
		(*string)(&u.Outcome), (*string)(&u.Socket.EndedBy), (*string)(&u.Socket.How))
	u.Edits, u.Oddities = s.list(u.Edits), s.list(u.Oddities)
	u.ClientTLS, u.ServerTLS = s.facts(u.ClientTLS), s.facts(u.ServerTLS)
	if len(u.Credentials) == 1 {
		u.Credentials = first(s.credentials, u.Credentials[0], u.Credentials[:1:1])
	}
	if len(u.Body) > 0 {
		if have, ok := s.bodies[string(u.Body)]; ok {
			u.Body = have
		} else {
			u.Body = first(s.bodies, string(u.Body), u.Body[:len(u.Body):len(u.Body)])
		}
	}
}

func (s *sharing) list(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	if have := first(s.lists, strings.Join(list, "\n"), list[:len(list):len(list)]); slices.Equal(have, list) {
		return have
	}
	return list
}

func (s *sharing) facts(t *TLS) *TLS {
	if t == nil {
		return nil
	}
	return first(s.tls, *t, t)
}
