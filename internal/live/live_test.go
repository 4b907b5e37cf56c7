package live

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"why403/analysis"
	"why403/capture"
	"why403/proxy"
)

// served is a page on a real listener.
func served(t *testing.T, source Source) (*Page, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := New(source)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return p, "http://" + ln.Addr().String()
}

func still() proxy.Stats { return proxy.Stats{} }

func get(t *testing.T, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestOtherSitesAreKeptOut(t *testing.T) {
	_, url := served(t, Source{Stats: still})
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"own address", nil, 200},
		{"localhost", func(r *http.Request) { r.Host = "localhost:8404" }, 200},
		{"a name pointed at loopback", func(r *http.Request) { r.Host = "evil.example" }, 403},
		{"own origin", func(r *http.Request) { r.Header.Set("Origin", "http://"+r.Host) }, 200},
		{"another origin", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"null origin", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"a method that changes things", func(r *http.Request) { r.Method = "POST" }, 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := get(t, url+"/healthz", c.change)
			if res.StatusCode != c.want {
				t.Errorf("status %d %q, want %d", res.StatusCode, body, c.want)
			}
			if csp := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") {
				t.Errorf("Content-Security-Policy %q", csp)
			}
		})
	}
}

func TestEveryAssetOfThePageIsServed(t *testing.T) {
	_, url := served(t, Source{Stats: still})
	for _, path := range []string{"/", "/live.js", "/live.css", "/uplot.js", "/uplot.css"} {
		if res, body := get(t, url+path, nil); res.StatusCode != 200 || len(body) < 500 {
			t.Errorf("%s: status %d, %d bytes", path, res.StatusCode, len(body))
		}
	}
}

// refusedUpgrade has a host of bytes that must not become markup.
func refusedUpgrade() *capture.Upgrade {
	return &capture.Upgrade{
		Conn: 1, Exchange: 1, Status: 403, Outcome: capture.Refused, Target: "/ws?<script>",
		RequestHead: capture.Head("GET /ws HTTP/1.1\r\n\r\n").Keep(), ResponseHead: capture.Head("HTTP/1.1 403 Forbidden\r\n\r\n").Keep(),
		Credentials: []capture.Credential{{Token: "0123456789abcdef"}},
		Phases:      capture.Phases{RequestSent: 1e9, ResponseHead: 1e9 + 3e6},
	}
}

func TestMetricsTellTheProxysCountsAndPhases(t *testing.T) {
	p, url := served(t, Source{Stats: func() proxy.Stats {
		return proxy.Stats{Open: 7, Pending: 2, Connections: 12, Answers: map[int]int64{101: 9, 403: 3}, Unanswered: 1}
	}})
	p.Observe(refusedUpgrade())
	_, body := get(t, url+"/metrics", nil)
	for _, want := range []string{
		`why403_upgrades_total{status="101"} 9`,
		`why403_upgrades_total{status="403"} 3`,
		`why403_upgrades_unanswered_total 1`,
		`why403_open_websockets 7`,
		`why403_pending_connections 2`,
		`why403_connections_total 12`,
		`why403_phase_seconds_bucket{phase="answer",le="0.004"} 1`,
		`why403_phase_seconds_bucket{phase="answer",le="0.002"} 0`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("no line %q in:\n%s", want, body)
		}
	}
}

// nextEvent reads one server-sent event.
func nextEvent(t *testing.T, r *bufio.Scanner) update {
	t.Helper()
	for r.Scan() {
		if data, ok := strings.CutPrefix(r.Text(), "data: "); ok {
			var u update
			if err := json.Unmarshal([]byte(data), &u); err != nil {
				t.Fatal(err)
			}
			return u
		}
	}
	t.Fatalf("stream ended: %v", r.Err())
	return update{}
}

func TestABrowserGetsEverythingAndThenWhatIsNew(t *testing.T) {
	p, url := served(t, Source{Stats: still, Title: "jmeter"})
	p.Observe(refusedUpgrade())
	res, err := http.Get(url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	events := bufio.NewScanner(res.Body)
	first := nextEvent(t, events)
	if !first.Fresh || first.History == nil || first.Title != "jmeter" || len(first.Refusals) != 1 || first.Refusals[0].Target != "/ws?<script>" {
		t.Errorf("first event %+v", first)
	}
	p.Observe(refusedUpgrade())
	p.conclude(&analysis.Findings{Verdict: analysis.Verdict{Status: analysis.Insufficient, Says: "too few"}})
	for u := nextEvent(t, events); ; u = nextEvent(t, events) { // a sample may come first
		if u.Fresh || u.History != nil {
			t.Fatalf("sent again: %+v", u)
		}
		if u.Verdict != nil {
			if u.Verdict.Says != "too few" || len(u.Refusals) > 1 {
				t.Errorf("event %+v", u)
			}
			return
		}
	}
}

func TestSeriesKeepsCountsWhenItHalves(t *testing.T) {
	s := newSeries(proxy.Stats{})
	answers := map[int]int64{}
	const seconds = 4*mostPoints + 3
	for i := range int64(seconds) {
		answers[101] += 3
		answers[403] += i % 2
		s.add(time.Duration(i+1)*time.Second, proxy.Stats{Open: i, Answers: map[int]int64{101: answers[101], 403: answers[403]}})
	}
	got := s.pending
	for _, p := range s.Points {
		got.merge(p)
	}
	if got.Accepted != answers[101] || got.Refused["403"] != answers[403] {
		t.Errorf("%d accepted, %d refused, want %d and %d", got.Accepted, got.Refused["403"], answers[101], answers[403])
	}
	if len(s.Points) >= mostPoints || s.Step != 8 {
		t.Errorf("%d points of %d s", len(s.Points), s.Step)
	}
	if last := s.Points[len(s.Points)-1]; last.T < seconds-float64(s.Step) {
		t.Errorf("history ends at %v s of %d", last.T, seconds)
	}
}

func TestRefusalsAreTheLastFew(t *testing.T) {
	var r refusals
	for range mostRefusals + 5 {
		r.add(refusedUpgrade())
	}
	var got []int64
	for _, one := range r.since(mostRefusals + 2) {
		got = append(got, one.Number)
	}
	if diff := cmp.Diff([]int64{mostRefusals + 3, mostRefusals + 4, mostRefusals + 5}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(r.since(0)); n != mostRefusals {
		t.Errorf("%d kept, want %d", n, mostRefusals)
	}
}

func TestAnalysisRestsWhileNobodyLooksAndLongerThanItTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		p := New(Source{Stats: still, Explain: func() (*analysis.Findings, error) {
			runs.Add(1)
			time.Sleep(2 * time.Second)
			return &analysis.Findings{}, nil
		}})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); p.explain(ctx) }()
		time.Sleep(time.Minute)
		if n := runs.Load(); n != 0 {
			t.Errorf("%d analyses with nobody looking", n)
		}
		p.enter()
		time.Sleep(4 * time.Minute)
		if n := runs.Load(); n < 5 || n > 7 { // 2 s of work, 38 s of rest
			t.Errorf("%d analyses of 2 s in 4 min", n)
		}
		cancel()
		<-done
	})
}

func TestViewersAreBounded(t *testing.T) {
	p := New(Source{Stats: still})
	for range mostViewers {
		if !p.enter() {
			t.Fatal("turned away below the bound")
		}
	}
	if p.enter() {
		t.Error("let in above the bound")
	}
	p.leave()
	if !p.enter() {
		t.Error("turned away though one had left")
	}
}
