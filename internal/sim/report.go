package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// InBandWithin is how soon after its 101 a socket must be closed by the gateway
// to count as refused in band.
const InBandWithin = time.Second

// Kinds of errors: why an attempt had no answer, or a socket no Close frame.
const (
	kindCancelled = "cancelled" // the load was
	kindTimeout   = "timeout"
	kindConnect   = "connect" // no TCP connection to the gateway or the proxy
	kindProxy     = "proxy"   // the proxy refused CONNECT
	kindTLS       = "tls"     // handshake or certificate
	kindReset     = "reset"
	kindClosed    = "closed"    // without an answer
	kindHandshake = "handshake" // a 101 that breaks RFC 6455 §4.1
	kindLost      = "lost"      // an open socket ended without a Close frame
	kindOther     = "other"
)

// LoadReport is what a load saw.
type LoadReport struct {
	Started  time.Time // UTC
	Duration time.Duration

	Attempts int            // upgrades begun: the sum of Status and the Errors of attempts
	Status   map[int]int    // answers by status, 101 included
	InBand   map[int]int    // of the 101s, closed by the gateway within InBandWithin, by close code
	Closed   map[int]int    // of the 101s, closed by the gateway later, by close code
	Errors   map[string]int // by kind: "timeout", "connect", "proxy", "tls", "reset", "closed", "handshake", "lost", "cancelled", "other"
	PeakOpen int            // sockets open at once, from 101 to the first Close frame; those refused in band too

	FirstError    string          // text of the first error, "" if there was none
	First, Last   *ObservedAnswer // first and last refusal, nil if there was none
	Accepted      Durations       // from dialling to 101
	Refused       Durations       // from dialling to any other answer
	TokensFetched int
	TokenErrors   map[string]int // by status of the answer, "429", or by kind
}

// ObservedAnswer is a refusal as the client saw it.
type ObservedAnswer struct {
	At     time.Time // UTC
	Status int
	Header http.Header // values of Set-Cookie left out
	Body   []byte      // at most 1,024 bytes
}

// Durations sums up some durations.
type Durations struct {
	N        int
	Min, Max time.Duration
	Sum      time.Duration
}

// Mean is 0 if there are none.
func (d Durations) Mean() time.Duration {
	if d.N == 0 {
		return 0
	}
	return d.Sum / time.Duration(d.N)
}

func (d *Durations) add(v time.Duration) {
	if d.N == 0 || v < d.Min {
		d.Min = v
	}
	d.Max = max(d.Max, v)
	d.Sum += v
	d.N++
}

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

// attempt counts an upgrade that has been answered or has failed.
func (t *tally) attempt(began time.Time, res *http.Response, err error) {
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
		t.refused(res)
	default:
		t.failed++
		t.failure(kindOf(err), err)
	}
}

func (t *tally) refused(res *http.Response) {
	body, _ := io.ReadAll(res.Body) // in memory already
	header := res.Header.Clone()
	for i := range header["Set-Cookie"] {
		header["Set-Cookie"][i] = "…"
	}
	t.r.Last = &ObservedAnswer{time.Now().UTC(), res.StatusCode, header, body}
	if t.r.First == nil {
		t.r.First = t.r.Last
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

// kindOf sorts the error of an attempt or a token request.
func kindOf(err error) string {
	var (
		timeout net.Error
		op      *net.OpError
		alert   tls.AlertError
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, net.ErrClosed): // we close connections on cancellation only
		return kindCancelled
	case errors.As(err, &timeout) && timeout.Timeout():
		return kindTimeout
	case errors.Is(err, websocket.ErrBadHandshake):
		return kindHandshake
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &alert), errors.As(err, &record):
		return kindTLS
	case errors.As(err, &op) && op.Op == "dial":
		return kindConnect
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return kindReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return kindClosed
	}
	return kindOther
}
