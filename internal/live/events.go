package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// mostViewers bounds the pages that are served at a time.
const mostViewers = 32

// cursor is how much of a recording a browser has been sent.
type cursor struct {
	halvings, points int
	refusal          int64
	verdict          int
}

// update is what a browser has not seen yet.
type update struct {
	Fresh    bool      `json:"fresh,omitempty"` // the first on this connection
	Title    string    `json:"title,omitempty"`
	History  *series   `json:"history,omitempty"` // in place of what was sent before
	Points   []point   `json:"points,omitempty"`
	Refusals []refusal `json:"refusals,omitempty"`
	Verdict  *verdict  `json:"verdict,omitempty"`
}

// events sends updates as server-sent events (HTML Standard §9.2) until the
// browser leaves. Each begins with everything, so that a reconnected page is whole.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer p.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	seen := cursor{points: -1}
	for {
		u, changed := p.news(&seen)
		data, err := json.Marshal(u)
		if err != nil {
			return
		}
		out.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := fmt.Fprintf(w, "retry: 1000\ndata: %s\n\n", data); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// news returns what is new since seen, moves it forward, and a channel that is
// closed when there is more.
func (p *Page) news(seen *cursor) (u update, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u.Fresh = seen.points < 0
	if u.Fresh || seen.halvings != p.series.halvings {
		u.Title = p.source.Title
		u.History = &series{Step: p.series.Step, Points: append([]point{}, p.series.Points...)}
	} else {
		u.Points = append(u.Points, p.series.Points[seen.points:]...)
	}
	u.Refusals = p.refusals.since(seen.refusal)
	if p.verdict.Version != seen.verdict {
		v := p.verdict
		u.Verdict = &v
	}
	*seen = cursor{p.series.halvings, len(p.series.Points), p.refusals.count, p.verdict.Version}
	return u, p.changed
}

func (p *Page) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.viewers >= mostViewers {
		return false
	}
	p.viewers++
	return true
}

func (p *Page) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.viewers--
}
