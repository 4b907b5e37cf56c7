package sim

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// tally collects a LoadReport. It is safe for concurrent use.
type tally struct {
	proxied bool // through a proxy
	start   time.Time

	mu     sync.Mutex
	r      LoadReport
	open   int
	failed int // attempts that were not answered
}

func newTally(proxied bool) *tally {
	now := time.Now()
	return &tally{proxied: proxied, start: now, r: LoadReport{
		Started: now.UTC(), Status: map[int]int{}, InBand: map[int]int{}, Closed: map[int]int{},
		Errors: map[string]int{}, TokenErrors: map[string]int{},
	}}
}

// attempt counts an upgrade with token that has been answered or has failed.
func (t *tally) attempt(began time.Time, token string, res *http.Response, err error) {
	took := time.Since(began)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.r.Attempts++
	switch {
	case err == nil:
		t.r.Status[res.StatusCode]++
		t.r.Accepted.add(took)
		t.open++
		t.r.PeakOpen = max(t.r.PeakOpen, t.open)
	case errors.Is(err, websocket.ErrBadHandshake) && res.StatusCode != http.StatusSwitchingProtocols:
		t.r.Status[res.StatusCode]++
		t.r.Refused.add(took)
		t.r.Last = observe(began.Add(took), res, token)
		if t.r.First == nil {
			t.r.First = t.r.Last
		}
	default:
		t.failed++
		t.failure(kindOf(err), err)
	}
}

func (t *tally) failure(kind string, err error) {
	if kind == kindOther && t.proxied {
		kind = kindProxy // gorilla and net/http make a plain error of the proxy's answer
	}
	t.r.Errors[kind]++
	t.note(err)
}

// note keeps the first error, without the URL that net/http puts into it:
// credentials may be in its query.
func (t *tally) note(err error) {
	if t.r.FirstError != "" {
		return
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	t.r.FirstError = err.Error()
}

// ended counts a socket as no longer open.
func (t *tally) ended() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
}

// endedByPeer counts how the gateway ended a socket after some time.
func (t *tally) endedByPeer(after time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var closed *websocket.CloseError
	switch {
	case !errors.As(err, &closed) || closed.Code == websocket.CloseAbnormalClosure:
		t.failure(kindLost, err)
	case after <= InBandWithin:
		t.r.InBand[closed.Code]++
	default:
		t.r.Closed[closed.Code]++
	}
}

// token counts a token request.
func (t *tally) token(kind string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.r.TokensFetched++
		return
	}
	t.r.TokenErrors[kind]++
	t.note(err)
}

func (t *tally) progress() LoadProgress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return LoadProgress{
		Elapsed: time.Since(t.start), Attempts: t.r.Attempts,
		Opened: t.r.Accepted.N, Refused: t.r.Refused.N, Failed: t.failed, Open: t.open,
	}
}

func (t *tally) report() LoadReport {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.r
	r.Duration = time.Since(t.start)
	r.Status, r.InBand, r.Closed = maps.Clone(r.Status), maps.Clone(r.InBand), maps.Clone(r.Closed)
	r.Errors, r.TokenErrors = maps.Clone(r.Errors), maps.Clone(r.TokenErrors)
	return r
}
