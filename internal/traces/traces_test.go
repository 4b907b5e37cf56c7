package traces

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"why403/capture"
)

// exported returns the spans that a collector gets for attempts, by name.
func exported(t *testing.T, attempts ...*capture.Upgrade) []*otlp.Span {
	t.Helper()
	var mu sync.Mutex
	var spans []*otlp.Span
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var req collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &req) != nil {
			t.Errorf("%s with %d bytes: not an export", r.URL.Path, len(body))
		}
		mu.Lock()
		defer mu.Unlock()
		for _, rs := range req.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				spans = append(spans, ss.Spans...)
			}
		}
	}))
	defer server.Close()
	e, err := New(context.Background(), server.URL, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range attempts {
		e.Observe(u)
	}
	if err := e.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return spans
}

func at(ms int64) capture.Instant { return capture.Instant(1e18 + ms*1e6) }

func refused() *capture.Upgrade {
	return &capture.Upgrade{
		Conn: 3, Exchange: 1, Scheme: "wss", Authority: "gw.example:443", Target: "/ws?room=1", Status: 403, Outcome: capture.Refused,
		RequestHead: capture.Head("GET /ws?room=1 HTTP/1.1\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\r\n\r\n").Keep(),
		Credentials: []capture.Credential{{Token: "0123456789abcdef"}},
		Phases: capture.Phases{
			Accepted: at(0), ConnectAnswered: at(1), ClientSecured: at(4), Dialed: at(6), Secured: at(9), RequestSent: at(10), ResponseHead: at(30),
		},
	}
}

func TestAnUpgradeIsASpanWithItsPhases(t *testing.T) {
	spans := exported(t, refused())
	took := map[string]time.Duration{}
	var root *otlp.Span
	for _, s := range spans {
		took[s.Name] = time.Duration(s.EndTimeUnixNano - s.StartTimeUnixNano)
		if s.Name == "websocket upgrade" {
			root = s
		}
	}
	want := map[string]time.Duration{"websocket upgrade": 30e6, "client tls": 3e6, "gateway tls": 3e6, "answer": 20e6}
	if diff := cmp.Diff(want, took); diff != "" {
		t.Fatal(diff)
	}
	for _, s := range spans {
		if s != root && string(s.ParentSpanId) != string(root.SpanId) {
			t.Errorf("%s is no child of the upgrade", s.Name)
		}
	}
	if root.Status.GetCode() != otlp.Status_STATUS_CODE_ERROR || root.Status.GetMessage() != "refused with 403" {
		t.Errorf("status %v", root.Status)
	}
	attributes := map[string]string{}
	for _, a := range root.Attributes {
		attributes[a.Key] = a.Value.GetStringValue()
	}
	if attributes["url.path"] != "/ws" || attributes["why403.token"] != "0123456789abcdef" {
		t.Errorf("attributes %v", attributes)
	}
}

func TestASpanJoinsTheTraceOfItsRequest(t *testing.T) {
	for _, s := range exported(t, refused()) {
		if got := hex.EncodeToString(s.TraceId); got != "0af7651916cd43dd8448eb211c80319c" {
			t.Errorf("%s in trace %s", s.Name, got)
		}
		if got := hex.EncodeToString(s.ParentSpanId); s.Name == "websocket upgrade" && got != "b7ad6b7169203331" {
			t.Errorf("parent %s", got)
		}
	}
}

func TestWithoutATraceContextATraceOfItsOwn(t *testing.T) {
	a, b := refused(), refused()
	a.RequestHead, b.RequestHead = capture.Head("GET / HTTP/1.1\r\n\r\n").Keep(), capture.Head("GET / HTTP/1.1\r\n\r\n").Keep()
	traces := map[string]int{}
	for _, s := range exported(t, a, b) {
		traces[string(s.TraceId)]++
	}
	if len(traces) != 2 {
		t.Errorf("%d traces for two upgrades", len(traces))
	}
}

func TestAnAttemptThatReachedNobodyHasASpan(t *testing.T) {
	u := &capture.Upgrade{Conn: 1, Exchange: 1, Outcome: capture.Unreached, Failure: "no such host", Phases: capture.Phases{Accepted: at(0), ResolveStart: at(2), Resolved: at(7)}}
	for _, s := range exported(t, u) {
		if s.Name == "websocket upgrade" {
			if got := s.Status.GetMessage(); got != "unreached: no such host" {
				t.Errorf("status %q", got)
			}
			if d := s.EndTimeUnixNano - s.StartTimeUnixNano; d != 7e6 {
				t.Errorf("took %d ns", d)
			}
			return
		}
	}
	t.Error("no span")
}

func TestNewRefusesWhatIsNoURL(t *testing.T) {
	for _, bad := range []string{"", "collector:4318", "ftp://x/", "http://"} {
		if _, err := New(context.Background(), bad, "test"); err == nil {
			t.Errorf("took %q", bad)
		}
	}
}
