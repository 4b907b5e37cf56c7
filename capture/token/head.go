package token

import (
	"strings"

	"why403/capture"
)

// Request is what a request head holds.
type Request struct {
	Head        capture.Head
	Target      string // request target, masked
	Credentials []capture.Credential
	Tokens      []capture.Token // those that were not told before
	CutShort    bool            // a credential is the beginning of a JWT and no more
	Basic       string          // user name of Basic credentials, "" if there are none
}

// find is a request head being read.
type find struct {
	k     *Keeper
	at    capture.Instant
	quiet bool // what is found is masked and not told
	// sentinel is the last subprotocol if it says that the next one is a token; that
	// may be in another field line.
	sentinel string
	Request
	cookies, headers, query, protocols []capture.Credential // in that order behind Authorization
}

// Request reads a request head as it was sent. It takes any bytes.
func (k *Keeper) Request(head string, at capture.Instant) Request {
	f := &find{k: k, at: at}
	var out strings.Builder
	line, fields := splitLine(head)
	out.WriteString(f.startLine(line))
	for part := range fieldLines(fields) {
		out.WriteString(f.field(part))
	}
	f.Head = capture.Head(k.maskSpans(out.String(), k.reappearing(out.String())))
	f.Target = k.maskSpans(f.Target, k.reappearing(f.Target))
	for _, more := range [][]capture.Credential{f.protocols, f.query, f.headers, f.cookies} {
		f.Credentials = append(f.Credentials, more...)
	}
	return f.Request
}

// Learn learns the secrets in the head of a request that is no upgrade, and returns
// the user name of its Basic credentials, "" if it has none.
func (k *Keeper) Learn(head string) (basic string) {
	f := &find{k: k, quiet: true}
	line, fields := splitLine(head)
	f.startLine(line)
	for part := range fieldLines(fields) {
		f.field(part)
	}
	return f.Basic
}

// add notes a credential found in list.
func (f *find) add(list *[]capture.Credential, place, scheme, value string) {
	f.k.learn(value)
	if f.quiet {
		return
	}
	fingerprint := f.k.Fingerprint(value)
	known, short := f.k.known(fingerprint) // most attempts of a load have a token in common
	if !known {
		t := f.k.read(value, f.at)
		short = cutShort(t)
		f.Tokens = append(f.Tokens, f.k.tell(t)...)
	}
	f.CutShort = f.CutShort || short
	*list = append(*list, capture.Credential{Token: fingerprint, Place: strings.Clone(clip(place, 80)), Scheme: strings.Clone(clip(scheme, 80))})
}

// startLine masks a request line (RFC 9112 §3).
func (f *find) startLine(line string) string {
	from := strings.IndexByte(line, ' ') + 1
	to := strings.LastIndexByte(strings.TrimRight(line, "\r\n \t"), ' ')
	if to < from {
		to = len(strings.TrimRight(line, "\r\n \t"))
	}
	to = max(from, to)
	f.Target = f.target(line[from:to])
	return f.k.MaskText(line[:from]) + f.Target + f.k.MaskText(line[to:])
}

// field masks one field line.
func (f *find) field(p fieldLine) string {
	switch plain := plainName(p.name); {
	case p.name == "":
		return f.k.maskStray(p.whole)
	case plain == "authorization", plain == "proxyauthorization":
		return p.with(f.authorization(plain, p.value))
	case plain == "cookie":
		return p.with(f.cookie(p.value))
	case plain == "secwebsocketprotocol":
		return p.with(f.subprotocols(p.value))
	default:
		return p.with(f.other(p.name, p.value))
	}
}

// other masks a field that is known only by its name.
func (f *find) other(name, value string) string {
	switch classify(name).of(value) {
	case harmless:
		return f.k.MaskText(value)
	case secretName:
		f.k.learn(value)
		return f.k.markOf(value)
	}
	scheme, token := splitScheme(value)
	f.add(&f.headers, "header:"+strings.ToLower(name), strings.TrimSpace(scheme), token)
	return scheme + f.k.markOf(token)
}

// MaskHead masks the head of an answer.
func (k *Keeper) MaskHead(head string) capture.Head {
	var out strings.Builder
	line, fields := splitLine(head)
	out.WriteString(k.MaskText(line))
	for p := range fieldLines(fields) {
		out.WriteString(k.answerField(p))
	}
	return capture.Head(out.String())
}

func (k *Keeper) answerField(p fieldLine) string {
	switch plain := plainName(p.name); {
	case p.name == "":
		return k.maskStray(p.whole)
	case plain == "setcookie":
		return p.with(k.setCookie(p.value))
	case plain == "secwebsocketprotocol":
		f := find{k: k, quiet: true}
		return p.with(f.subprotocols(p.value))
	case plain == "location", plain == "contentlocation":
		f := find{k: k, quiet: true}
		return p.with(k.MaskText(f.target(p.value)))
	}
	if class := classify(p.name); class == credential || class == secretName {
		return p.with(k.markOf(p.value))
	}
	return p.with(k.MaskText(p.value))
}

// maskStray masks a line without a colon. One that begins like a secret's name may
// be a field that lost it.
func (k *Keeper) maskStray(line string) string {
	text := strings.TrimRight(line, "\r\n")
	name, value, _ := strings.Cut(strings.TrimLeft(text, " \t"), " ")
	if c := classify(name); (c == credential || c == secretName || isHeader(name)) && value != "" {
		return text[:len(text)-len(value)] + k.markOf(value) + line[len(text):]
	}
	return k.MaskText(line)
}
