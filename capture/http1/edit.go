package http1

import (
	"fmt"
	"strings"
)

// EditOptions say what to edit beyond what always is, and what not.
type EditOptions struct {
	KeepAbsolute bool   // leave a target in absolute form (RFC 9112 §3.2.2)
	Host         string // what Host fields are to say, "" for what they say
}

// Edit returns a request's head as a proxy sends it on, and a list of what it
// changed, for people and without values. By default two things change and no other
// byte: a target in absolute form takes the form that an origin server expects (RFC
// 9112 §3.2.1), and fields meant for the proxy, those whose names begin with
// "Proxy-", go away (RFC 9110 §11.7, §7.6.1). What it returns may share memory with
// head.
func Edit(head []byte, opt EditOptions) (out []byte, edits []string) {
	e := editor{head: string(head)}
	var odd Oddities
	l := startLine(e.head, &odd)
	if !opt.KeepAbsolute {
		e.editTarget(l)
	}
	e.editFields(l.next, opt.Host)
	if e.edits == nil {
		return head, nil
	}
	return append(e.out, e.head[e.kept:]...), e.edits
}

// editor copies a head up to where it stands.
type editor struct {
	head  string
	kept  int // bytes of head that are in out or were dropped
	out   []byte
	edits []string
}

// replace puts text in the place of head[from:to].
func (e *editor) replace(from, to int, text, edit string) {
	e.out = append(append(e.out, e.head[e.kept:from]...), text...)
	e.kept = to
	e.edits = append(e.edits, edit)
}

func (e *editor) editTarget(l line) {
	var odd Oddities
	r, problem := splitRequestLine(e.head[l.start:l.end], &odd)
	if problem != "" {
		return
	}
	if target := ParseTarget(r.method, r.target); target.Form == AbsoluteForm {
		at := l.start + r.targetAt
		e.replace(at, at+len(r.target), target.Origin, "request target: absolute form to origin form")
	}
}

// editFields drops the fields from i on that are for the proxy, with the lines that
// continue them, and puts host in the place of what Host fields say.
func (e *editor) editFields(i int, host string) {
	var odd Oddities
	dropping := false
	for i < len(e.head) {
		l := nextLine(e.head, i, &odd)
		i = l.next
		text := e.head[l.start:l.end]
		switch name := proxyField(text); {
		case text == "":
			return
		case name != "":
			dropping = true
			e.replace(l.start, l.next, "", fmt.Sprintf("field %q dropped", name))
		case text[0] != ' ' && text[0] != '\t':
			dropping = false
			e.editHost(l, host)
		case dropping:
			e.replace(l.start, l.next, "", "its continuation dropped")
		}
	}
}

// editHost puts host in the place of what a line says, if that is a Host field.
func (e *editor) editHost(l line, host string) {
	name, value, ok := strings.Cut(e.head[l.start:l.end], ":")
	old := strings.Trim(value, blank)
	if host == "" || !ok || old == host || !strings.EqualFold(strings.TrimRight(name, blank), "Host") {
		return
	}
	at := l.start + len(name) + 1 + len(value) - len(strings.TrimLeft(value, blank))
	e.replace(at, at+len(old), host, "field \"Host\" changed to the upstream's")
}

// proxyField returns the name of a field that is for the proxy, "" if it is none.
func proxyField(line string) string {
	const prefix = "proxy-"
	name, _, ok := strings.Cut(line, ":")
	if !ok || len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return ""
	}
	return strings.TrimRight(name, blank)
}
