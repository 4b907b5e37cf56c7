package har

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"why403/capture"
)

// bounds of what is kept of an archive's text.
const (
	maxHead    = 64 << 10
	maxMessage = 512 // as capture.Socket.ServerFirst
)

// moments places the timings of an entry on the line of time.
func moments(started capture.Instant, t timings) (p capture.Phases) {
	at := started.Add(ms(t.Blocked))
	if t.DNS >= 0 {
		p.ResolveStart, p.Resolved = at, at.Add(ms(t.DNS))
		at = p.Resolved
	}
	if t.Connect >= 0 {
		p.Resolved = at
		tls := min(ms(t.SSL), ms(t.Connect))
		p.Dialed = at.Add(ms(t.Connect) - tls)
		if t.SSL >= 0 {
			p.Secured = p.Dialed.Add(tls)
		}
		at = at.Add(ms(t.Connect))
	}
	p.RequestSent = at
	p.ResponseFirst = at.Add(ms(t.Send) + ms(t.Wait))
	return p
}

// ms is a number of milliseconds, 0 if it is negative or absurd (over a year).
func ms(v float64) time.Duration {
	if !(v > 0) || v > 365*24*3600*1000 {
		return 0
	}
	return time.Duration(v * float64(time.Millisecond))
}

func (im *importer) upgrade(e *entry, u *url.URL, p capture.Phases) {
	r := im.keeper.Request(requestHead(e, u), p.RequestSent)
	up := capture.Upgrade{
		Scheme: map[bool]string{true: "wss", false: "ws"}[secure(u.Scheme)], Authority: authority(u), Host: get(e.Request.Headers, "Host"),
		Server: server(e.ServerIP, u), Target: r.Target, RequestHead: r.Head.Keep(), Credentials: r.Credentials, Phases: p,
	}
	up.Conn, up.Exchange = im.number(e)
	if up.Host == "" {
		up.Host = u.Host
	}
	if v := strings.ToUpper(e.Request.HTTPVersion); strings.HasPrefix(v, "H2") || strings.HasPrefix(v, "H3") || strings.HasPrefix(v, "HTTP/2") || strings.HasPrefix(v, "HTTP/3") {
		im.http2++
	}
	for _, t := range r.Tokens {
		im.collect.Put(t)
	}
	im.sockets++
	im.answer(&up, e)
	frames := up.Socket.Counted()
	im.seen(up.Phases.RequestSent, up.Phases.ResponseFirst, up.Phases.ResponseEnd, up.Socket.Closed, frames.FromClient.Last, frames.FromServer.Last)
	if up.Phases.ResponseFirst.Seen() {
		im.clock(e, up.Phases.RequestSent, up.Phases.ResponseFirst, up.Authority)
	}
	im.collect.Put(up)
}

// answer fills in what became of the attempt.
func (im *importer) answer(up *capture.Upgrade, e *entry) {
	p := &up.Phases
	// Over HTTP/2 a WebSocket is accepted by 200 (RFC 8441 §5).
	accepted := e.Response.Status == 101 || e.Response.Status == 200 && e.Messages != nil
	switch status := e.Response.Status; {
	case accepted:
		up.Status, up.Outcome = 101, capture.Accepted
		p.ResponseHead = p.ResponseFirst
		up.ResponseHead = im.keeper.MaskHead(responseHead(e)).Keep()
		im.socket(up, e)
	case status >= 200 && status <= 999:
		up.Status, up.Outcome = status, capture.Refused
		p.ResponseHead = p.ResponseFirst
		p.ResponseEnd = p.ResponseFirst.Add(ms(e.Timings.Receive))
		up.ResponseHead = im.keeper.MaskHead(responseHead(e)).Keep()
		im.body(up, e.Response.Content)
	default:
		p.ResponseFirst = 0
		up.Outcome = capture.Dropped
		up.Failure = im.keeper.MaskText(clip(e.Response.Error+e.Error, maxMessage))
		if up.Failure == "" {
			im.silent++
			up.Failure = "the archive has no answer"
		}
	}
}

func (im *importer) body(up *capture.Upgrade, c content) {
	text := c.Text
	if c.Encoding == "base64" {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			up.Oddities = append(up.Oddities, "the body in the archive is not base64")
			return
		}
		text = string(b)
	}
	up.BodyBytes = max(c.Size, int64(len(text)))
	whole := len(text) <= capture.BodyLimit
	if kept := im.keeper.MaskBody(clip(text, capture.BodyLimit), whole); kept != "" {
		up.Body = []byte(clip(kept, capture.BodyLimit))
	}
}

// requestHead writes the head of a request as HTTP/1.1 would have it, the fields in
// the order of the archive, without those that HTTP/2 spells with a colon.
func requestHead(e *entry, u *url.URL) string {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	return head(fmt.Sprintf("%s %s HTTP/1.1", word(e.Request.Method, "GET"), target), e.Request.Headers)
}

func responseHead(e *entry) string {
	return head(strings.TrimSpace(fmt.Sprintf("HTTP/1.1 %d %s", e.Response.Status, oneLine(e.Response.StatusText))), e.Response.Headers)
}

func head(start string, fields []pair) string {
	var b strings.Builder
	b.WriteString(start + "\r\n")
	for _, f := range fields {
		if f.Name == "" || strings.HasPrefix(f.Name, ":") || b.Len()+len(f.Name)+len(f.Value) > maxHead {
			continue
		}
		for v := range strings.SplitSeq(f.Value, "\n") { // several fields of one name, as Chrome joins them
			b.WriteString(oneLine(f.Name) + ": " + oneLine(v) + "\r\n")
		}
	}
	b.WriteString("\r\n")
	return b.String()
}

// oneLine keeps the archive's text from making lines of its own.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, s)
}

// word is s if it is one, else instead.
func word(s, instead string) string {
	if s == "" || strings.ContainsAny(s, " \r\n\t") {
		return instead
	}
	return s
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}

// instant is a number of seconds since 1970 as archives write it, or of
// milliseconds if it is too large for that; 0 if it is neither.
func instant(v float64) capture.Instant {
	if v > 1e11 {
		v /= 1000
	}
	if !(v > 0) || v > math.MaxInt64/1e9 {
		return 0
	}
	whole, part := math.Modf(v)
	return capture.Instant(int64(whole)*1e9 + int64(math.Round(part*1e9)))
}
