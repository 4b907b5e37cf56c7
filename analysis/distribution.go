package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"why403/analysis/covariate"
	"why403/capture"
)

// Distribution is refused and accepted attempts over one property of the request,
// so that both can be laid side by side.
type Distribution struct {
	Name string // "token age", "path"
	Bins []DistributionBin
	// Apart is how far the two lie apart: half the sum of the differences of their
	// shares, 0 if they are alike and 1 if no value is common to both.
	Apart float64
	// Values is how many values there are; those beyond the bins are in the last.
	Values  int
	Unknown int // attempts of which it is not known
}

// DistributionBin is one value, or one range of values.
type DistributionBin struct {
	Label             string
	Refused, Accepted int
}

const (
	numericBins  = 12
	mostValues   = 12   // of a property, the rest in one bin
	worthShowing = 0.05 // distributions less apart are left out
	fewestShown  = 5    // but so many are shown anyway
	mostShown    = 16
)

// property is something that a request has before it is decided.
type property struct {
	name   string
	number func(*covariate.Attempt, int) (float64, bool)
	label  func(a, b float64) string
	text   func(*covariate.Attempt) string
}

// properties are the facts of a request that distributions are drawn of. What an
// answer says is a consequence and not among them.
var properties = []property{
	{name: "open sockets", number: func(_ *covariate.Attempt, open int) (float64, bool) { return float64(open), true }, label: wholeRange},
	{name: "token age", number: func(a *covariate.Attempt, _ int) (float64, bool) { return a.Age.Seconds(), knowsIssue(a) }, label: secondsRange},
	{name: "time to the token's expiry", number: func(a *covariate.Attempt, _ int) (float64, bool) { return a.Left.Seconds(), knowsExpiry(a) }, label: secondsRange},
	{name: "earlier uses of the token", number: func(a *covariate.Attempt, _ int) (float64, bool) { return float64(a.Uses), a.Token != nil }, label: wholeRange},
	{name: "token", text: func(a *covariate.Attempt) string { return string(a.Upgrade.Token()) }},
	{name: "token kind", text: tokenText(func(t *covariate.Token) string { return string(t.Kind) })},
	{name: "token sent in", text: func(a *covariate.Attempt) string {
		if len(a.Upgrade.Credentials) == 0 {
			return "nowhere"
		}
		return strings.TrimSpace(a.Upgrade.Credentials[0].Place + " " + a.Upgrade.Credentials[0].Scheme)
	}},
	{name: "client id", text: tokenText(func(t *covariate.Token) string { return t.Client })},
	{name: "subject", text: tokenText(func(t *covariate.Token) string { return t.Subject })},
	{name: "organisation", text: tokenText(func(t *covariate.Token) string { return t.Organisation })},
	{name: "issuer", text: tokenText(func(t *covariate.Token) string { return t.Issuer })},
	{name: "audience", text: tokenText(func(t *covariate.Token) string { return strings.Join(t.Audience, " ") })},
	{name: "scopes", text: tokenText(func(t *covariate.Token) string { return strings.Join(t.Scopes, " ") })},
	{name: "key id", text: tokenText(func(t *covariate.Token) string { return t.KeyID })},
	{name: "source address", text: func(a *covariate.Attempt) string {
		if s := a.Upgrade.Source; s.IsValid() {
			return s.Addr().String()
		}
		return ""
	}},
	{name: "edge", text: func(a *covariate.Attempt) string {
		if s := a.Upgrade.Server; s.IsValid() {
			return s.String()
		}
		return ""
	}},
	{name: "host", text: func(a *covariate.Attempt) string { return strings.ToLower(a.Upgrade.Host) }},
	{name: "path", text: func(a *covariate.Attempt) string {
		path, _, _ := strings.Cut(a.Upgrade.Target, "?")
		return path
	}},
	{name: "connection reused", text: func(a *covariate.Attempt) string {
		if a.Upgrade.Exchange > 1 {
			return "yes"
		}
		return "no"
	}},
	{name: "TLS version", text: func(a *covariate.Attempt) string { return ofTLS(a, func(t *capture.TLS) string { return t.Version }) }},
	{name: "TLS resumed", text: func(a *covariate.Attempt) string {
		return ofTLS(a, func(t *capture.TLS) string { return map[bool]string{true: "yes", false: "no"}[t.Resumed] })
	}},
	{name: "User-Agent", text: ofField("User-Agent")},
	{name: "Origin", text: ofField("Origin")},
	{name: "Sec-WebSocket-Extensions", text: ofField("Sec-WebSocket-Extensions")},
	{name: "JMeter sampler", text: ofField("X-JMeter-Sampler")},
}

func tokenText(of func(*covariate.Token) string) func(*covariate.Attempt) string {
	return func(a *covariate.Attempt) string {
		if a.Token == nil {
			return ""
		}
		return of(a.Token)
	}
}

func ofTLS(a *covariate.Attempt, of func(*capture.TLS) string) string {
	if a.Upgrade.ServerTLS == nil {
		return ""
	}
	return of(a.Upgrade.ServerTLS)
}

func ofField(name string) func(*covariate.Attempt) string {
	return func(a *covariate.Attempt) string {
		v, _ := a.Upgrade.RequestHead.Get(name)
		return v
	}
}

func wholeRange(a, b float64) string {
	if b-a <= 1 {
		return fmt.Sprintf("%.0f", a)
	}
	return fmt.Sprintf("%.0f–%.0f", a, b-1)
}

// secondsRange names a range of times, in plain seconds where two units of a longer
// time would not tell its ends apart.
func secondsRange(a, b float64) string {
	if from, to := seconds(a), seconds(b); math.Abs(a) < 60 || from != to && b-a >= 60 {
		return from + " to " + to
	}
	return fmt.Sprintf("%.0f to %.0f s", a, b)
}

// distributions are drawn of properties that have more than one value, the one that
// tells refused and accepted most apart first.
func (x *exhibition) distributions() []Distribution {
	list := []Distribution{}
	refused := 0
	for _, r := range x.table.Refused {
		if r {
			refused++
		}
	}
	if refused == 0 || refused == len(x.table.Refused) {
		return list // there is nothing to compare
	}
	for _, p := range properties {
		d := Distribution{Name: p.name}
		if p.number != nil {
			x.binNumbers(&d, p)
		} else {
			x.binTexts(&d, p)
		}
		if len(d.Bins) > 1 {
			d.measure()
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b Distribution) int { return cmp.Compare(b.Apart, a.Apart) })
	n := min(len(list), fewestShown)
	for n < len(list) && n < mostShown && list[n].Apart >= worthShowing {
		n++
	}
	return list[:n]
}

func (x *exhibition) binNumbers(d *Distribution, p property) {
	var values []float64
	var refused []bool
	for i := range x.table.Attempts {
		v, known := p.number(&x.table.Attempts[i], int(x.open[i]))
		if !known || math.IsNaN(v) {
			d.Unknown++
			continue
		}
		values = append(values, v)
		refused = append(refused, x.table.Refused[i])
	}
	if len(values) == 0 {
		return
	}
	low, high := slices.Min(values), slices.Max(values)
	width := niceNumber((high - low) / numericBins)
	from := math.Floor(low/width) * width
	d.Bins = make([]DistributionBin, int((high-from)/width)+1)
	for i := range d.Bins {
		at := from + float64(i)*width
		d.Bins[i].Label = p.label(at, at+width)
	}
	for i, v := range values {
		d.Bins[min(int((v-from)/width), len(d.Bins)-1)].add(refused[i])
	}
	d.Values = len(d.Bins)
}

// niceNumber is the smallest of 1, 2, 5 times a power of ten that is at least v, and
// at least 1.
func niceNumber(v float64) float64 {
	for scale := 1.0; ; scale *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if v <= m*scale {
				return m * scale
			}
		}
	}
}

func (x *exhibition) binTexts(d *Distribution, p property) {
	index := map[string]int{}
	var all []DistributionBin
	for i := range x.table.Attempts {
		v := p.text(&x.table.Attempts[i])
		if v == "" {
			d.Unknown++
			continue
		}
		k, known := index[v]
		if !known {
			k = len(all)
			index[v] = k
			all = append(all, DistributionBin{Label: v})
		}
		all[k].add(x.table.Refused[i])
	}
	d.Values = len(all)
	if d.Values == len(x.table.Attempts) {
		return // a value for each attempt tells nothing
	}
	slices.SortStableFunc(all, func(a, b DistributionBin) int {
		return cmp.Or(cmp.Compare(b.Refused+b.Accepted, a.Refused+a.Accepted), cmp.Compare(a.Label, b.Label))
	})
	d.Bins = all
	if len(all) > mostValues {
		rest := DistributionBin{Label: fmt.Sprintf("%d more values", len(all)-mostValues)}
		for _, b := range all[mostValues:] {
			rest.Refused += b.Refused
			rest.Accepted += b.Accepted
		}
		d.Bins = append(slices.Clone(all[:mostValues]), rest)
	}
	if d.Unknown > 0 {
		unknown := DistributionBin{Label: "(none)"}
		for i := range x.table.Attempts {
			if p.text(&x.table.Attempts[i]) == "" {
				unknown.add(x.table.Refused[i])
			}
		}
		d.Bins = append(slices.Clone(d.Bins), unknown)
	}
}

func (b *DistributionBin) add(refused bool) {
	if refused {
		b.Refused++
	} else {
		b.Accepted++
	}
}

func (d *Distribution) measure() {
	var refused, accepted int
	for _, b := range d.Bins {
		refused += b.Refused
		accepted += b.Accepted
	}
	for _, b := range d.Bins {
		d.Apart += math.Abs(float64(b.Refused)/float64(max(refused, 1))-float64(b.Accepted)/float64(max(accepted, 1))) / 2
	}
}

// waits is how long answers took, refused and accepted: a consequence, and so apart
// from the properties.
func (x *exhibition) waits() *Distribution {
	d := &Distribution{Name: "wait for the answer"}
	edges := []float64{0}
	for _, ms := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		edges = append(edges, ms/1000)
		d.Bins = append(d.Bins, DistributionBin{Label: secondsRange(edges[len(edges)-2], edges[len(edges)-1])})
	}
	d.Bins = append(d.Bins, DistributionBin{Label: "over 10 s"})
	for i := range x.table.Attempts {
		a := &x.table.Attempts[i]
		wait := a.Answered.Sub(a.Sent).Seconds()
		k, _ := slices.BinarySearch(edges[1:], wait)
		d.Bins[min(k, len(d.Bins)-1)].add(a.Refused)
	}
	first, last := -1, 0
	for i, b := range d.Bins {
		if b.Refused+b.Accepted > 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 {
		return nil
	}
	d.Bins = d.Bins[first : last+1]
	d.Values = len(d.Bins)
	d.measure()
	return d
}
