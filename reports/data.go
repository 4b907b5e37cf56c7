package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"why403/analysis"
	"why403/capture"
)

// pageData is what the page's script draws and filters: the timeline and the list
// of attempts, in columns. It travels as gzip in base64url inside the page: 100,000
// attempts take about 3 MB as JSON and a third of that so.
type pageData struct {
	Step    float64 `json:"step"` // seconds
	Peak    []int   `json:"peak"` // open sockets, of each step
	Good    []int   `json:"good"`
	Bad     []int   `json:"bad"`
	None    []int   `json:"none"`
	Limit   *line1  `json:"limit,omitempty"`
	AgeLine *line1  `json:"age_line,omitempty"`
	Of      int     `json:"of"` // attempts in the run

	Columns columns             `json:"c"`
	Words   map[string][]string `json:"words"` // of the columns that hold indexes
}

// line1 is a value to draw a line at.
type line1 struct {
	Value float64 `json:"v"`
	Text  string  `json:"t"`
}

// columns hold the attempts. Those with a name in words are indexes into it; −1 is
// "not known".
type columns struct {
	At      []int64 `json:"at"`   // ms since the start, each less the one before
	Conn    []int64 `json:"conn"` // each less the one before
	Ex      []int64 `json:"ex"`
	Outcome []int   `json:"outcome"`
	Status  []int   `json:"status"` // close code if it was refused in band
	Open    []int   `json:"open"`
	Wait    []int64 `json:"wait"` // µs
	Age     []int64 `json:"age"`  // tenths of a second; absent is the least integer
	Left    []int64 `json:"left"`
	Token   []int   `json:"token"`
	Client  []int   `json:"client"`
	Edge    []int   `json:"edge"`
	Path    []int   `json:"path"`
	Thread  []int   `json:"thread"`
	Sampler []int   `json:"sampler"`
}

// absent stands for a number that is not known.
const absentNumber = -1 << 31

// newPageData returns the data in its form of travel, "" if there is nothing to
// draw.
func newPageData(run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) string {
	t := x.Timeline
	if len(t.Steps) == 0 || len(x.Attempts) == 0 {
		return ""
	}
	d := pageData{Step: t.Step.Seconds(), Of: len(run.Upgrades), Words: map[string][]string{}}
	for _, s := range t.Steps {
		d.Peak = append(d.Peak, max(s.PeakOpen, s.Open))
		d.Good, d.Bad, d.None = append(d.Good, s.Accepted), append(d.Bad, s.Refused), append(d.None, s.Failed)
	}
	if c, ok := globalCap(f); ok {
		d.Limit = &line1{c.Threshold.Value, limitText(f, quantity(c.Threshold.Value, c.Threshold.Unit))}
	}
	if c, ok := ageLimit(f); ok {
		d.AgeLine = &line1{c.Threshold.Value, limitText(f, span(seconds(c.Threshold.Value)))}
	}
	d.attempts(run, x)
	return packed(d)
}

func (d *pageData) attempts(run *capture.Run, x *analysis.Exhibits) {
	words := map[string]*dictionary{}
	for _, name := range []string{"outcome", "token", "client", "edge", "path", "thread", "sampler"} {
		words[name] = &dictionary{index: map[string]int{}, list: []string{}}
	}
	c := &d.Columns
	var lastAt, lastConn int64
	for i := range x.Attempts {
		a := &x.Attempts[i]
		u := a.Upgrade
		at := a.At.Milliseconds()
		c.At, lastAt = append(c.At, at-lastAt), at
		c.Conn, lastConn = append(c.Conn, u.Conn-lastConn), u.Conn
		c.Ex = append(c.Ex, u.Exchange)
		c.Outcome = append(c.Outcome, words["outcome"].of(outcomeWord(a)))
		c.Status = append(c.Status, max(a.InBand, u.Status*b2i(a.InBand == 0)))
		c.Open = append(c.Open, numberOr(a.Decided, a.Open))
		c.Wait = append(c.Wait, int64(numberOr(a.Decided, int(a.Wait.Microseconds()))))
		c.Age = append(c.Age, tenths(a.AgeSeen, a.Age))
		c.Left = append(c.Left, tenths(a.LeftSeen, a.Left))
		c.Token = append(c.Token, words["token"].of(string(u.Token())))
		c.Client = append(c.Client, words["client"].of(run.Tokens[u.Token()].ClientID))
		edge := ""
		if u.Server.IsValid() {
			edge = u.Server.String()
		}
		c.Edge = append(c.Edge, words["edge"].of(edge))
		path, _, _ := strings.Cut(u.Target, "?")
		c.Path = append(c.Path, words["path"].of(path))
		thread, _ := u.RequestHead.Get("X-JMeter-Thread")
		c.Thread = append(c.Thread, words["thread"].of(thread))
		sampler, _ := u.RequestHead.Get("X-JMeter-Sampler")
		c.Sampler = append(c.Sampler, words["sampler"].of(sampler))
	}
	for name, w := range words {
		d.Words[name] = w.list
	}
}

func outcomeWord(a *analysis.Listed) string {
	switch {
	case a.Refused:
		return "refused"
	case a.Decided:
		return "accepted"
	}
	return string(a.Upgrade.Outcome)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func numberOr(known bool, n int) int {
	if !known {
		return absentNumber
	}
	return n
}

func tenths(known bool, d time.Duration) int64 {
	if !known {
		return absentNumber
	}
	return d.Milliseconds() / 100
}

// dictionary numbers texts in the order of their first use.
type dictionary struct {
	index map[string]int
	list  []string
}

// dictionaryBytes bounds a text: the page shows a cell of a table.
const dictionaryBytes = 120

func (d *dictionary) of(s string) int {
	if s == "" {
		return -1
	}
	i, known := d.index[s]
	if !known {
		i = len(d.list)
		d.index[s] = i
		d.list = append(d.list, line(cut(s, dictionaryBytes)))
	}
	return i
}

func packed(d pageData) string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // it holds numbers and strings
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(text) // a bytes.Buffer takes all
	_ = z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}
