package http1

import (
	"fmt"
	"strings"
)

// EditOptions say which edits not to make.
type EditOptions struct {
	KeepAbsolute bool // leave a target in absolute form (RFC 9112 §3.2.2)
}

// Edit returns a request's head as a proxy sends it on, and a list of what it
// changed, for people and without values. Two things change and no other byte: a
// target in absolute form takes the form that an origin server expects (RFC 9112
// §3.2.1), and fields meant for the proxy, those whose names begin with "Proxy-",
// go away (RFC 9110 §11.7, §7.6.1). What it returns may share memory with head.
func Edit(head []byte, opt EditOptions) (out []byte, edits []string) {
	e := editor{head: string(head)}
	var odd Oddities
	l := startLine(e.head, &odd)
	if !opt.KeepAbsolute {
		e.editTarget(l)
	}
	e.dropFields(l.next)
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

// dropFields drops the fields from i on that are for the proxy, with the lines that
// continue them.
func (e *editor) dropFields(i int) {
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
		case dropping:
			e.replace(l.start, l.next, "", "its continuation dropped")
		}
	}
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
