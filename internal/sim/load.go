package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Load is a load test. URL is required; the zero value of everything else is one
// thread that opens one socket, without a token, and closes it at once.
type Load struct {
	URL     string         // ws or wss
	Proxy   *url.URL       // HTTP proxy, reached with CONNECT for sockets (ws too) and https
	Roots   *x509.CertPool // to verify the other side with, default the system's
	Header  http.Header    // more header fields of the upgrades, Origin for instance
	Timeout time.Duration  // for a connection with its handshakes, and for a token; default 20 s

	Threads  int           // default 1
	RampUp   time.Duration // in which they start, evenly
	Loops    int           // iterations of each; default 1, or no limit with Duration; negative: no limit
	Duration time.Duration // after it, counted from the start, sockets are closed and no iteration begins; 0: none
	Hold     Span          // from 101 to the close
	Pause    Span          // between two iterations of a thread; without it, refused threads try as fast as they can
	Retries  int           // further attempts within an iteration after a refusal or error
	Backoff  time.Duration // before the first retry; doubles with each
	Ping     time.Duration // between pings, 0 none
	Abrupt   bool          // end sockets without a Close frame

	TokenMode    TokenMode
	TokenIn      TokenPlace    // where upgrades carry it, default in Authorization
	Token        string        // for TokenStatic
	TokenURL     string        // token endpoint, for the modes that fetch
	ClientID     string        // default "load-test"
	ClientSecret string        // sent as a form field if not ""
	Clients      int           // how many client ids there are: thread n uses ClientID, a hyphen and n modulo Clients; default 1, ClientID alone
	Scope        string        // asked for if not ""
	Scopes       []string      // in place of Scope: thread n asks for the n-th, modulo their number
	Groups       []int         // sizes of the groups of TokenGroup, first threads first; the last one takes those left over
	RefreshAfter time.Duration // fetch a kept token anew once it is older, 0 never

	Seed uint64 // of Hold and Pause: thread n draws the same numbers in every run

	// Answered, if not nil, is called with each answer as soon as its head was
	// read, 101 included. It must be safe for concurrent use.
	Answered func(at time.Time, status int)

	// Progress, if not nil, is called about every ProgressEvery and never after
	// Run has returned. It must not block.
	Progress      func(LoadProgress)
	ProgressEvery time.Duration // default 1 s
}

// LoadProgress is the state of a load that runs.
type LoadProgress struct {
	Elapsed  time.Duration
	Attempts int
	Opened   int // answered 101
	Refused  int // answered otherwise
	Failed   int // not answered
	Open     int // sockets open now
}

// runner is a Load that runs.
type runner struct {
	Load
	dialer websocket.Dialer
	tokens *tokenSource
	tally  *tally
	hard   context.Context // ends everything
	soft   context.Context // closes sockets and begins no iteration; ends with hard or after Duration
}

// Run runs the load until its threads are done, its Duration is over or ctx ends.
// The report is valid in every case. Sockets are closed before Run returns. The
// error is ctx's, or says what is wrong with the Load.
func (l Load) Run(ctx context.Context) (LoadReport, error) {
	if err := l.check(); err != nil {
		return LoadReport{}, err
	}
	r := l.runner(ctx)
	soft, cancel := context.WithCancel(ctx)
	if l.Duration > 0 {
		soft, cancel = context.WithTimeout(ctx, l.Duration)
	}
	defer cancel()
	r.soft = soft
	defer r.tokens.close()
	stop := r.reportProgress()
	r.runThreads()
	stop()
	return r.tally.report(), ctx.Err()
}

// check returns what makes the load impossible.
func (l Load) check() error {
	u, err := url.Parse(l.URL)
	if err != nil {
		return errors.New("load: malformed URL") // the cause quotes it, and a token may be in it
	}
	if u.Scheme != "ws" && u.Scheme != "wss" {
		return fmt.Errorf("load: URL has scheme %q, want ws or wss", u.Scheme)
	}
	switch l.tokenMode() {
	case TokenIteration, TokenThread, TokenGroup, TokenShared:
		if l.TokenURL == "" {
			return fmt.Errorf("load: token mode %q needs a token URL", l.tokenMode())
		}
	case TokenStatic, TokenNone:
	default:
		return fmt.Errorf("load: unknown token mode %q", l.TokenMode)
	}
	switch l.TokenIn {
	case InHeader, InQuery, InCookie, InSubprotocol:
	default:
		return fmt.Errorf("load: no place %q for tokens", l.TokenIn)
	}
	if l.Threads < 0 {
		return fmt.Errorf("load: %d threads", l.Threads)
	}
	return nil
}

func (l Load) runner(ctx context.Context) *runner {
	setDefault(&l.Threads, 1)
	setDefault(&l.Timeout, 20*time.Second)
	setDefault(&l.ClientID, "load-test")
	setDefault(&l.ProgressEvery, time.Second)
	if l.Loops == 0 && l.Duration <= 0 {
		l.Loops = 1
	}
	config := &tls.Config{RootCAs: l.Roots, NextProtos: []string{"http/1.1"}}
	r := &runner{
		Load: l,
		dialer: websocket.Dialer{
			TLSClientConfig:  config,
			HandshakeTimeout: l.Timeout,
			ReadBufferSize:   512,
			WriteBufferSize:  512,
			WriteBufferPool:  &writeBuffers,
		},
		tally: newTally(l.Proxy != nil),
		hard:  ctx,
	}
	if l.Proxy != nil {
		r.dialer.Proxy = http.ProxyURL(l.Proxy)
	}
	r.tokens = newTokenSource(l, config, r.tally)
	return r
}

// runThreads starts the threads over the ramp and waits for them.
func (r *runner) runThreads() {
	var threads sync.WaitGroup
	defer threads.Wait()
	start := time.Now()
	for n := range r.Threads {
		due := start.Add(r.RampUp * time.Duration(n) / time.Duration(r.Threads))
		if !sleep(r.soft, time.Until(due)) {
			return
		}
		threads.Go(newThread(r, n).run)
	}
}

// reportProgress calls Progress until the function it returns is called.
func (r *runner) reportProgress() (stop func()) {
	if r.Progress == nil {
		return func() {}
	}
	done := make(chan struct{})
	var reporter sync.WaitGroup
	reporter.Go(func() {
		tick := time.NewTicker(r.ProgressEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				r.Progress(r.tally.progress())
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		reporter.Wait()
	}
}

// cancellable returns the dialer with a connection that ctx closes: gorilla
// looks at the context while it dials, and not while it waits for the answer.
// The function returned must be called when the handshake is over.
func (r *runner) cancellable(ctx context.Context) (*websocket.Dialer, func()) {
	stop := func() bool { return true }
	dialer := r.dialer
	dialer.NetDialContext = func(dialCtx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(dialCtx, network, addr)
		if err == nil {
			stop = context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	}
	return &dialer, func() { stop() }
}
