package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"why403/analysis/covariate"
)

// bodyStart is how much of a refusal's body a group shows.
const bodyStart = 200

// signature is what refusals of one group have in common.
type signature struct {
	status, code int
	contentType  string
	body         string // with digits and ids collapsed
	fields       string // names of the answer's fields, in order
}

type gathered struct {
	group Group
	waits []time.Duration
	first int // position of the first member
}

// groups gathers refusals that look alike, the largest first.
func (x *exhibition) groups() []Group {
	list := x.gather()
	groups := make([]Group, 0, len(list))
	for _, g := range list {
		groups = append(groups, g.group)
	}
	return groups
}

func (x *exhibition) gather() []*gathered {
	index := map[signature]*gathered{}
	var list []*gathered
	for i := range x.table.Attempts {
		a := &x.table.Attempts[i]
		if !a.Refused {
			continue
		}
		sig := signatureOf(a)
		g := index[sig]
		if g == nil {
			g = &gathered{first: i, group: newGroup(a, sig, x.elapsed(a.Answered))}
			index[sig] = g
			list = append(list, g)
		}
		g.group.Count++
		g.group.Last = x.elapsed(a.Answered)
		g.waits = append(g.waits, a.Answered.Sub(a.Sent))
	}
	for _, g := range list {
		slices.Sort(g.waits)
		g.group.MedianWait = g.waits[len(g.waits)/2]
	}
	slices.SortStableFunc(list, func(a, b *gathered) int { return cmp.Compare(b.group.Count, a.group.Count) })
	return list
}

func newGroup(a *covariate.Attempt, sig signature, at time.Duration) Group {
	g := Group{
		Status: a.Upgrade.Status, InBand: a.InBand != 0, First: at, Example: a.Upgrade,
		BodyStart: start(text(a), bodyStart),
	}
	parts := []string{fmt.Sprint(a.Upgrade.Status)}
	if g.InBand {
		parts = []string{fmt.Sprintf("101, then close code %d", a.InBand)}
	}
	if sig.contentType != "" {
		parts = append(parts, sig.contentType)
	}
	if body := strings.Join(strings.Fields(g.BodyStart), " "); body != "" {
		parts = append(parts, shortened(body, 40))
	} else if !g.InBand {
		parts = append(parts, "no body")
	}
	g.Title = strings.Join(parts, ", ")
	return g
}

// text returns what a refusal says: its body, or, in band, the first message and
// the reason of the Close frame.
func text(a *covariate.Attempt) string {
	if a.InBand != 0 {
		s := a.Upgrade.Socket
		return strings.TrimSpace(s.CloseReason + " " + s.ServerFirst)
	}
	return string(a.Upgrade.Body[:min(len(a.Upgrade.Body), mostText)])
}

func signatureOf(a *covariate.Attempt) signature {
	sig := signature{status: a.Upgrade.Status, code: int(a.InBand), body: collapsed(text(a))}
	var names []string
	for name, value := range a.Upgrade.ResponseHead.Fields() {
		if strings.EqualFold(name, "Content-Type") {
			sig.contentType = strings.ToLower(strings.TrimSpace(strings.Split(value, ";")[0]))
		}
		names = append(names, strings.ToLower(name))
	}
	sig.fields = strings.Join(names, " ")
	return sig
}

// collapsed replaces what differs between refusals of one kind: runs of letters and
// digits that hold a digit, and so numbers, times and ids, become #.
func collapsed(s string) string {
	var b strings.Builder
	word, digit := 0, false
	flush := func(end int) {
		if digit {
			b.WriteByte('#')
		} else {
			b.WriteString(s[word:end])
		}
		digit = false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_', c >= utf8.RuneSelf:
		default:
			flush(i)
			b.WriteByte(c)
			word = i + 1
		}
	}
	flush(len(s))
	return b.String()
}

// start returns the first n bytes of a text, whole characters only.
func start(s string, n int) string {
	s = s[:min(len(s), n)]
	for len(s) > 0 {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return strings.ToValidUTF8(s, "�")
}

func shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return start(s, n) + "…"
}

// pair returns a typical refusal, of the largest group the one with the median
// wait, beside the acceptance nearest to it in time.
func (x *exhibition) pair() *Pair {
	groups := x.gather()
	if len(groups) == 0 {
		return nil
	}
	at := x.typical(groups[0])
	a := &x.table.Attempts[at]
	p := &Pair{Refused: a.Upgrade, RefusedOpen: int(x.open[at])}
	other := x.nearest(at, func(o *covariate.Attempt) bool {
		return a.Upgrade.Token() != "" && o.Upgrade.Token() == a.Upgrade.Token()
	})
	if other < 0 {
		other = x.nearest(at, func(*covariate.Attempt) bool { return true })
	}
	if other < 0 {
		return p
	}
	o := &x.table.Attempts[other]
	p.Accepted, p.AcceptedOpen = o.Upgrade, int(x.open[other])
	p.Apart = o.Answered.Sub(a.Answered).Abs()
	p.SameToken = a.Upgrade.Token() != "" && o.Upgrade.Token() == a.Upgrade.Token()
	return p
}

// typical returns the first refusal of a group that waited for the median time.
func (x *exhibition) typical(g *gathered) int {
	sig := signatureOf(&x.table.Attempts[g.first])
	for i := g.first; i < len(x.table.Attempts); i++ {
		a := &x.table.Attempts[i]
		if a.Refused && a.Answered.Sub(a.Sent) == g.group.MedianWait && signatureOf(a) == sig {
			return i
		}
	}
	return g.first
}

// nearest returns the accepted attempt nearest in time that fits, −1 if none does.
func (x *exhibition) nearest(at int, fits func(*covariate.Attempt) bool) int {
	best, apart := -1, time.Duration(0)
	for i := range x.table.Attempts {
		o := &x.table.Attempts[i]
		if o.Refused || !fits(o) {
			continue
		}
		if d := o.Answered.Sub(x.table.Attempts[at].Answered).Abs(); best < 0 || d < apart {
			best, apart = i, d
		}
	}
	return best
}
