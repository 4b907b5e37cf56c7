package reports

import (
	"fmt"
	"strings"

	"why403/analysis"
	"why403/capture"
)

// pairView is a typical refusal beside the nearest acceptance.
type pairView struct {
	Title             string
	Refused, Accepted *attemptView // Accepted is nil if there was none
	Request, Response []diffRow
	Token             []diffRow3 // what differs, and what is bound to
	SameToken         []diffRow3 // what does not
	Waterfalls        []waterfall
}

// diffRow3 is a named fact of two attempts.
type diffRow3 struct {
	Name, Left, Right string
	Differs           bool
}

type attemptView struct {
	Which, At, Open, Wait string
	Connection            string
	Body, BodyNote        string
	Odd                   []string // oddities and edits
}

func newPair(run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) *pairView {
	p := x.Pair
	if p == nil || p.Refused == nil {
		return nil
	}
	v := &pairView{Title: pairTitle(p), Refused: newAttempt("refused", p.Refused, p.RefusedOpen)}
	other := &capture.Upgrade{}
	if p.Accepted != nil {
		other = p.Accepted
		v.Accepted = newAttempt("accepted", p.Accepted, p.AcceptedOpen)
	}
	v.Request = diffHeads(p.Refused.RequestHead.Head(), other.RequestHead.Head())
	v.Response = diffHeads(p.Refused.ResponseHead.Head(), other.ResponseHead.Head())
	for _, row := range diffTokens(run, f, p.Refused, p.Accepted) {
		if row.Left == row.Right && row.Name != "Token" {
			v.SameToken = append(v.SameToken, row)
		} else {
			v.Token = append(v.Token, row)
		}
	}
	v.Waterfalls = waterfalls(p)
	return v
}

func pairTitle(p *analysis.Pair) string {
	if p.Accepted == nil {
		return "A typical refusal; nothing was accepted to compare it with"
	}
	title := fmt.Sprintf("A refusal and the nearest acceptance, %s apart", span(max(p.Apart, -p.Apart)))
	switch {
	case p.SameToken:
		return title + ", same token"
	case p.Refused.Token() != "" && p.Accepted.Token() != "":
		return title + ", another token"
	}
	return title
}

func newAttempt(which string, u *capture.Upgrade, open int) *attemptView {
	a := &attemptView{
		Which: which, At: clock(u.Phases.RequestSent), Open: count(open), Wait: "no answer seen",
		Connection: connection(u),
	}
	if d, ok := capture.Since(u.Phases.RequestSent, u.Phases.ResponseFirst); ok {
		a.Wait = "answered in " + span(d)
	}
	if len(u.Body) > 0 {
		a.Body = strings.TrimRight(block(string(u.Body), 4000), "\n")
		a.BodyNote = "body, " + plural(int(u.BodyBytes), "byte", "bytes")
	} else if u.Socket.CloseCode != 0 || u.Socket.CloseReason != "" || u.Socket.ServerFirst != "" {
		a.BodyNote = "end of the socket"
		a.Body = socketEnd(&u.Socket)
	}
	for _, e := range u.Edits {
		a.Odd = append(a.Odd, "changed by the recorder: "+line(e))
	}
	a.Odd = append(a.Odd, lines(u.Oddities)...)
	return a
}

func socketEnd(s *capture.Socket) string {
	var out []string
	if s.CloseCode != 0 || s.CloseReason != "" {
		out = append(out, fmt.Sprintf("close %s %s", codeName(s.CloseCode), line(s.CloseReason)))
	}
	if d, ok := capture.Since(s.Opened, s.Closed); ok {
		out = append(out, "open for "+span(d))
	}
	if s.ServerFirst != "" {
		out = append(out, "first message: "+line(s.ServerFirst))
	}
	return strings.Join(out, "\n")
}

// connection names the 4-tuple towards the gateway and its TLS.
func connection(u *capture.Upgrade) string {
	s := fmt.Sprintf("connection %d, exchange %d", u.Conn, u.Exchange)
	if u.Source.IsValid() && u.Server.IsValid() {
		s += fmt.Sprintf(", %s to %s", u.Source, u.Server)
	}
	if t := u.ServerTLS; t != nil {
		s += ", " + line(t.Version)
		if t.Resumed {
			s += " resumed"
		}
	}
	return s
}

// diffTokens puts what is known of the two attempts' tokens side by side.
func diffTokens(run *capture.Run, f *analysis.Findings, refused, accepted *capture.Upgrade) []diffRow3 {
	left := tokenFacts(run, f, refused)
	var right []fact
	if accepted != nil {
		right = tokenFacts(run, f, accepted)
	}
	other := map[string]string{}
	for _, r := range right {
		other[r.Name] = r.Value
	}
	var out []diffRow3
	for _, l := range left {
		r := other[l.Name]
		if l.Value == "" && r == "" {
			continue
		}
		changes := l.Name == "Age" || l.Name == "Left until it expires"
		out = append(out, diffRow3{l.Name, l.Value, r, accepted != nil && l.Value != r && !changes})
	}
	return out
}

// tokenFacts are always the same names in the same order, so that two tokens
// compare; what is not known is "".
func tokenFacts(run *capture.Run, f *analysis.Findings, u *capture.Upgrade) []fact {
	t, known := run.Tokens[u.Token()]
	if !known {
		return []fact{{"Token", "none was found"}}
	}
	c := u.Credentials[0]
	facts := []fact{
		{"Token", strings.TrimSpace(fmt.Sprintf("%s %s, %s", t.Kind, t.Fingerprint, plural(t.Length, "byte", "bytes")))},
		{"Sent in", strings.TrimSpace(c.Place + " " + c.Scheme)},
		{"Sent instead of a token", t.Placeholder},
		{"Algorithm, key", strings.Trim(t.Algorithm+", "+t.KeyID, ", ")},
		{"Issuer", t.Issuer}, {"Subject", t.Subject}, {"Client id", t.ClientID}, {"Organisation", t.Organisation},
		{"Audience", strings.Join(t.Audience, " ")}, {"Scopes", strings.Join(t.Scopes, " ")},
		{"Issued", optional(t.IssuedAt)}, {"Not before", optional(t.NotBefore)}, {"Expires", optional(t.ExpiresAt)},
		{"Age", ""}, {"Left until it expires", ""}, {"Claims", t.Claims},
	}
	now := u.Phases.RequestSent
	if f.Clock != nil {
		now = now.Add(seconds(f.Clock.OffsetS))
	}
	for i := range facts {
		switch facts[i].Name {
		case "Age":
			facts[i].Value = apart(t.IssuedAt, now)
		case "Left until it expires":
			facts[i].Value = apart(now, t.ExpiresAt)
		}
		facts[i].Value = line(cut(facts[i].Value, 700))
	}
	return facts
}

func optional(i capture.Instant) string {
	if !i.Seen() {
		return ""
	}
	return date(i)
}

func apart(from, to capture.Instant) string {
	if d, ok := capture.Since(from, to); ok {
		return span(d)
	}
	return ""
}
