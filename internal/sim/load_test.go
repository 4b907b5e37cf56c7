package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestCapIsExact loads a cap from all sides. The client's own count is of time
// spans within those of the gateway, so it must not exceed the cap either.
func TestCapIsExact(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  GatewayOptions
		load Load
	}{
		{"global", GatewayOptions{Cap: 10}, Load{TokenMode: TokenNone}},
		{"global, plain", GatewayOptions{Cap: 10, Plain: true}, Load{TokenMode: TokenNone}},
		{"per token", GatewayOptions{CapPerToken: 10, Plain: true, RequireToken: true}, Load{TokenMode: TokenShared}},
		{"in band", GatewayOptions{Cap: 10, Plain: true, InBand: &InBand{}}, Load{TokenMode: TokenNone}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.load.Threads, tt.load.Loops = 30, 8
			tt.load.Hold, tt.load.Pause = Span{Max: 30 * ms}, Span{Max: 10 * ms}
			g, report := runLoad(t, tt.opt, tt.load)
			s := g.Stats()
			agree(t, s, report)
			if s.PeakOpen != 10 || tt.opt.InBand == nil && report.PeakOpen > 10 || refusals(s) == 0 {
				t.Errorf("peak %d, as the client saw it %d, %d refusals", s.PeakOpen, report.PeakOpen, refusals(s))
			}
			if report.Attempts != 240 || s.Accepted+refusals(s) != 240 {
				t.Errorf("%d attempts, %d decided", report.Attempts, s.Accepted+refusals(s))
			}
		})
	}
}

func TestCapPerGroup(t *testing.T) {
	g, report := runLoad(t, GatewayOptions{CapPerToken: 2, Plain: true, RequireToken: true}, Load{
		Threads: 9, Hold: Fixed(time.Minute), Duration: 300 * ms, Loops: 1, TokenMode: TokenGroup, Groups: []int{4, 1},
	}) // groups of 4, and of 5 with those left over
	s := g.Stats()
	agree(t, s, report)
	if s.Accepted != 4 || s.Refused[ReasonCapPerToken] != 5 || s.PeakHeldByToken != 2 {
		t.Errorf("stats %+v", s)
	}
}

func TestTokenModes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		opt    GatewayOptions
		load   Load
		tokens int
		want   Reason // of all, "" if all are accepted
	}{
		{"iteration is the default", GatewayOptions{}, Load{}, 12, ""},
		{"thread", GatewayOptions{}, Load{TokenMode: TokenThread}, 4, ""},
		{"shared", GatewayOptions{}, Load{TokenMode: TokenShared}, 1, ""},
		{"group", GatewayOptions{}, Load{TokenMode: TokenGroup, Groups: []int{1, 1, 2}}, 3, ""},
		{"refreshed", GatewayOptions{}, Load{TokenMode: TokenShared, RefreshAfter: 1}, 12, ""},
		{"none", GatewayOptions{}, Load{TokenMode: TokenNone}, 0, ReasonMissing},
		{"static", GatewayOptions{}, Load{TokenMode: TokenStatic, Token: "abc"}, 0, ReasonUnknown},
		{"placeholder", GatewayOptions{Issuer: IssuerOptions{ClientID: "other"}}, Load{TokenMode: TokenThread}, 0, ReasonUnknown},
		{"in the query", GatewayOptions{}, Load{TokenIn: InQuery}, 12, ""},
		{"in a cookie", GatewayOptions{}, Load{TokenIn: InCookie, Header: http.Header{"Cookie": {"a=b"}}}, 12, ""},
		{"in the subprotocol", GatewayOptions{}, Load{TokenIn: InSubprotocol}, 12, ""},
		{"opaque", GatewayOptions{Issuer: IssuerOptions{Format: Opaque}}, Load{TokenMode: TokenThread}, 4, ""},
		{"RS256", GatewayOptions{Issuer: IssuerOptions{Format: RS256}}, Load{TokenMode: TokenThread, Scope: "read", ClientSecret: "x"}, 4, ""},
		{"opaque expired", GatewayOptions{Issuer: IssuerOptions{Format: Opaque}, TokenLife: 1, CheckExpiry: true}, Load{}, 12, ReasonExpired},
		{"JWT expired", GatewayOptions{TokenLife: 1, CheckExpiry: true}, Load{}, 12, ReasonExpired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.opt.RequireToken = true
			tt.load.Threads, tt.load.Loops = 4, 3
			g, report := runLoad(t, tt.opt, tt.load)
			s := g.Stats()
			agree(t, s, report)
			if s.Tokens.Issued != tt.tokens {
				t.Errorf("%d tokens issued, want %d", s.Tokens.Issued, tt.tokens)
			}
			if tt.want == "" && s.Accepted != 12 || tt.want != "" && s.Refused[tt.want] != 12 {
				t.Errorf("%+v, want all 12 %q", s.Counts, tt.want)
			}
			if tt.name == "placeholder" && report.TokenErrors["401"] != 12 {
				t.Errorf("token errors %v", report.TokenErrors)
			}
		})
	}
}

// connectProxy is a CONNECT proxy that passes bytes on. It counts tunnels.
func connectProxy(t *testing.T, tunnels *atomic.Int32) *url.URL {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
			return
		}
		up, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		tunnels.Add(1)
		down, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(down, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { defer up.Close(); io.Copy(up, down) }()
		defer down.Close()
		io.Copy(down, up)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestLoadThroughProxy(t *testing.T) {
	for _, plain := range []bool{false, true} {
		var tunnels atomic.Int32
		load := Load{Threads: 3, Loops: 2, TokenMode: TokenThread, Proxy: connectProxy(t, &tunnels)}
		opt := GatewayOptions{RequireToken: true, Plain: plain}
		want := int32(9) // at most: 6 upgrades and 3 tokens, whose connections may be shared
		if plain {       // a token over http is not tunnelled; this proxy refuses it
			opt.RequireToken, load.TokenMode, want = false, TokenNone, 6
		}
		g, report := runLoad(t, opt, load)
		agree(t, g.Stats(), report)
		if report.Status[101] != 6 || tunnels.Load() > want || tunnels.Load() < 6 {
			t.Errorf("plain %v: %d tunnels, %s", plain, tunnels.Load(), summary(report))
		}
	}
}

func TestErrorKinds(t *testing.T) {
	gateway := startGateway(t, GatewayOptions{})
	plain := startGateway(t, GatewayOptions{Plain: true})
	silent := startGateway(t, GatewayOptions{Plain: true, AcceptLatency: time.Hour})
	hangUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		conn.Close()
	}))
	t.Cleanup(hangUp.Close)
	badAccept := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
		conn.Close()
	}))
	t.Cleanup(badAccept.Close)
	refusing := &url.URL{Scheme: "http", Host: plain.Addr().String()} // a server that knows no CONNECT
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	ws := func(s *httptest.Server) string { return strings.Replace(s.URL, "http", "ws", 1) }
	for want, load := range map[string]Load{
		kindTLS:       {URL: gateway.URL()},
		kindConnect:   {URL: "ws://" + ln.Addr().String()},
		kindClosed:    {URL: ws(hangUp)},
		kindHandshake: {URL: ws(badAccept)},
		kindTimeout:   {URL: silent.URL(), Timeout: 50 * ms},
		kindProxy:     {URL: plain.URL(), Proxy: refusing},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			report, err := load.Run(t.Context())
			if err != nil || report.Errors[want] != 1 || report.Attempts != 1 || report.FirstError == "" {
				t.Errorf("%v, %s: %s", err, summary(report), report.FirstError)
			}
		})
	}
}

func TestLostSocket(t *testing.T) {
	g := startGateway(t, GatewayOptions{Plain: true})
	opened := func(p LoadProgress) {
		if p.Open == 1 {
			go g.Close()
		}
	}
	report, err := Load{URL: g.URL(), Hold: Fixed(time.Minute), Progress: opened, ProgressEvery: ms}.Run(t.Context())
	if err != nil || report.Errors[kindLost] != 1 || report.Status[101] != 1 {
		t.Errorf("%v, %s", err, summary(report))
	}
}

func TestAbruptEndFreesSlot(t *testing.T) {
	g, report := runLoad(t, GatewayOptions{Cap: 3}, Load{Threads: 3, Abrupt: true, Hold: Fixed(time.Minute), Duration: 100 * ms, TokenMode: TokenNone})
	agree(t, g.Stats(), report)
	if report.Status[101] != 3 {
		t.Error(summary(report))
	}
}

func TestRetries(t *testing.T) {
	g, report := runLoad(t, GatewayOptions{RequireToken: true}, Load{TokenMode: TokenNone, Loops: 2, Retries: 3, Backoff: ms})
	agree(t, g.Stats(), report)
	if report.Attempts != 8 {
		t.Errorf("%d attempts, want 2 × (1 + 3)", report.Attempts)
	}
}

func TestFirstAndLastRefusal(t *testing.T) {
	_, report := runLoad(t, GatewayOptions{RequireToken: true, Refusal: Refusal{Status: 401, Body: "who?"}}, Load{TokenMode: TokenNone, Loops: 3})
	for _, r := range []*ObservedAnswer{report.First, report.Last} {
		if r == nil || r.Status != 401 || r.Body != "who?" || r.Header.Get("Server") != serverName {
			t.Fatalf("refusal %+v", r)
		}
	}
	if !report.First.At.Before(report.Last.At) || report.Refused.N != 3 || report.Refused.Mean() <= 0 {
		t.Errorf("first %v, last %v, %+v", report.First.At, report.Last.At, report.Refused)
	}
}

func TestPingsAreAnswered(t *testing.T) {
	g, report := runLoad(t, GatewayOptions{}, Load{Threads: 2, Ping: ms, Hold: Fixed(50 * ms), TokenMode: TokenNone})
	agree(t, g.Stats(), report)
}

// TestCancelledLoad cancels while sockets are open, a token is fetched and an
// answer is awaited.
func TestCancelledLoad(t *testing.T) {
	for name, opt := range map[string]GatewayOptions{
		"holding":         {},
		"awaiting 101":    {AcceptLatency: time.Hour},
		"awaiting token":  {Issuer: IssuerOptions{Latency: time.Hour}},
		"awaiting no 403": {RequireToken: true, Refusal: Refusal{Latency: time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			g := startGateway(t, opt)
			ctx, cancel := context.WithCancel(t.Context())
			load := Load{
				URL: g.URL(), TokenURL: g.TokenURL(), Roots: g.Roots(), Threads: 5, TokenMode: TokenShared,
				Hold: Fixed(time.Hour), Pause: Fixed(time.Hour), Ping: ms,
				ProgressEvery: 20 * ms, Progress: func(LoadProgress) { cancel() },
			}
			began := time.Now()
			if _, err := load.Run(ctx); err != context.Canceled {
				t.Errorf("ended with %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %v to end", took)
			}
			g.Close()
			if s := g.Stats(); s.Open != 0 {
				t.Errorf("%d still open", s.Open)
			}
			settle(t, before)
		})
	}
}

// TestReportHoldsNoSecrets looks for what a load sends and is sent in its report.
func TestReportHoldsNoSecrets(t *testing.T) {
	const secret = "s3cret"
	echoing := startGateway(t, GatewayOptions{Plain: true, RequireToken: true, Refusal: Refusal{
		Body: "no such token: " + secret, Header: http.Header{"X-Token": {secret}},
	}})
	g := startGateway(t, GatewayOptions{
		Plain: true, RequireToken: true, Refusal: Refusal{Header: http.Header{"Set-Cookie": {"sid=" + secret}}},
		Issuer: IssuerOptions{ClientID: "a", ClientSecret: "b"},
	})
	for name, load := range map[string]Load{
		"cookie":            {},
		"token repeated":    {URL: echoing.URL(), Token: secret},
		"token refused":     {TokenURL: g.TokenURL() + "?key=" + secret, ClientSecret: secret},
		"no token endpoint": {TokenURL: "http://127.0.0.1:0/" + secret},
		"no gateway":        {URL: "ws://127.0.0.1:0/?key=" + secret},
	} {
		setDefault(&load.URL, g.URL()+"?key="+secret)
		report, err := load.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if all := fmt.Sprintf("%+v %+v", report, report.First); strings.Contains(all, secret) || report.First == nil && report.FirstError == "" {
			t.Errorf("%s: %s", name, all)
		}
	}
}

// TestHooks checks that the callbacks see what the report counts.
func TestHooks(t *testing.T) {
	var tokens, accepted, refused atomic.Int32
	g, report := runLoad(t, GatewayOptions{Plain: true, Cap: 2, Issuer: IssuerOptions{
		Secret: []byte("0123456789abcdef0123456789abcdef"), OnIssue: func(string) { tokens.Add(1) },
	}}, Load{Threads: 5, Hold: Fixed(time.Minute), Duration: 200 * ms, Loops: 1, Answered: func(_ time.Time, status int) {
		if status == 101 {
			accepted.Add(1)
		} else {
			refused.Add(1)
		}
	}})
	agree(t, g.Stats(), report)
	if tokens.Load() != 5 || accepted.Load() != 2 || refused.Load() != 3 {
		t.Errorf("%d tokens, %d accepted, %d refused", tokens.Load(), accepted.Load(), refused.Load())
	}
	token := must(g.issuer.issue(noon, "me", ""))
	if other := newTestIssuer(t, IssuerOptions{Secret: []byte("0123456789abcdef0123456789abcdef")}); !other.identify(token).Known {
		t.Error("not signed with the secret")
	}
}

func TestReportAsJSON(t *testing.T) {
	r := LoadReport{
		Started: noon, Duration: 1500 * ms, Attempts: 3, Status: map[int]int{101: 2, 403: 1}, PeakOpen: 2,
		Accepted: Durations{N: 2, Min: ms, Max: 3 * ms, Sum: 4 * ms}, First: &ObservedAnswer{At: noon, Status: 403, Body: "no"},
	}
	const want = `{"started":"2026-01-02T12:00:00Z","attempts":3,"status":{"101":2,"403":1},"in_band":null,"closed":null,` +
		`"errors":null,"peak_open":2,"first_refusal":{"at":"2026-01-02T12:00:00Z","status":403,"header":null,"body":"no"},` +
		`"accepted":{"n":2,"min_s":0.001,"mean_s":0.002,"max_s":0.003},"refused":{"n":0,"min_s":0,"mean_s":0,"max_s":0},` +
		`"tokens_fetched":0,"token_errors":null,"duration_s":1.5}`
	if got := string(must(json.Marshal(r))); got != want {
		t.Errorf("marshalled as\n%s\nwant\n%s", got, want)
	}
}

func TestBadLoad(t *testing.T) {
	for name, load := range map[string]Load{
		"no URL":       {},
		"http":         {URL: "http://a/"},
		"no token URL": {URL: "ws://a/", TokenMode: TokenShared},
		"unknown mode": {URL: "ws://a/", TokenMode: "borrowed"},
		"place":        {URL: "ws://a/", TokenIn: "envelope"},
		"malformed":    {URL: "ws://a/\x7f?access_token=s3cret"},
		"threads":      {URL: "ws://a/", Threads: -1},
	} {
		if _, err := load.Run(t.Context()); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
}
