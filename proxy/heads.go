package proxy

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// request is what the proxy has to know of a request head.
type request struct {
	method, target    string
	absolute          bool   // target is in absolute form (RFC 9112 §3.2.2)
	scheme, authority string // of an absolute target
	upgrade           bool   // asks for a WebSocket
	body              body
}

// headEnd returns the length of the head that b begins with, and whether it is
// complete.
func headEnd(b []byte) (int, bool) {
	crlf, lf := bytes.Index(b, []byte("\n\r\n")), bytes.Index(b, []byte("\n\n"))
	switch {
	case crlf < 0 && lf < 0:
		return 0, false
	case lf < 0 || crlf >= 0 && crlf < lf:
		return crlf + 3, true
	default:
		return lf + 2, true
	}
}

func parseRequest(head []byte) (request, error) {
	line, rest, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	parts := strings.Split(strings.TrimSuffix(string(line), "\r"), " ")
	if len(parts) != 3 || !strings.HasPrefix(parts[2], "HTTP/1.") {
		return request{}, errors.New("bad request line")
	}
	r := request{method: parts[0], target: parts[1]}
	if scheme, after, ok := strings.Cut(parts[1], "://"); ok && !strings.HasPrefix(parts[1], "/") && parts[0] != "CONNECT" {
		r.absolute, r.scheme = true, scheme
		r.authority = after
		if i := strings.IndexAny(after, "/?#"); i >= 0 {
			r.authority = after[:i]
		}
	}
	for line := range bytes.Lines(rest) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		v := strings.TrimSpace(string(value))
		switch strings.ToLower(string(name)) {
		case "upgrade":
			r.upgrade = r.upgrade || strings.Contains(strings.ToLower(v), "websocket")
		case "content-length":
			n, _ := strconv.ParseInt(v, 10, 64)
			r.body.left = n
		case "transfer-encoding":
			r.body.chunked = strings.Contains(strings.ToLower(v), "chunked")
		}
	}
	return r, nil
}

func editHead(head []byte, keepAbsolute bool) ([]byte, []string) {
	var out []byte
	var edits []string
	first := true
	for line := range bytes.Lines(head) {
		if first {
			first = false
			r, err := parseRequest(line)
			if err == nil && r.absolute && !keepAbsolute {
				_, path, _ := strings.Cut(r.target, "://")
				path = strings.TrimPrefix(path, r.authority)
				if !strings.HasPrefix(path, "/") {
					path = "/" + path
				}
				line = bytes.Replace(line, []byte(r.target), []byte(path), 1)
				edits = append(edits, "request target: absolute form to origin form")
			}
		} else if len(line) > 6 && strings.EqualFold(string(line[:6]), "proxy-") {
			name, _, _ := bytes.Cut(line, []byte(":"))
			edits = append(edits, "dropped "+string(name))
			continue
		}
		out = append(out, line...)
	}
	return out, edits
}

type body struct {
	left    int64
	chunked bool
}

func (b *body) take(p []byte) (n int, done bool) {
	n = int(min(int64(len(p)), b.left))
	b.left -= int64(n)
	return n, b.left == 0
}

func (b body) done() bool { return b.left == 0 && !b.chunked }

// looksLikeHTTP reports whether b may be the beginning of a request: a method of
// letters (RFC 9110 §9.1 allows more, nobody sends more), and not that of HTTP/2's
// preface.
func looksLikeHTTP(b []byte) bool {
	b = bytes.TrimLeft(b, "\r\n")
	for i, c := range b[:min(len(b), 20)] {
		switch {
		case c == ' ' && i > 0:
			return !bytes.HasPrefix(b, []byte("PRI * "))
		case c|0x20 < 'a' || c|0x20 > 'z':
			return false
		}
	}
	return len(b) < 20
}
