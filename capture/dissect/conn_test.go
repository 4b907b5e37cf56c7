package dissect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"why403/capture"
	"why403/capture/token"
)

// step is one thing that happens to a connection.
type step struct {
	dir  Dir
	text string
	gap  int64
	end  capture.Ending
}

func sent(text string) step               { return step{dir: FromClient, text: text} }
func got(text string) step                { return step{dir: FromServer, text: text} }
func gone(dir Dir, n int64) step          { return step{dir: dir, gap: n} }
func ends(d Dir, how capture.Ending) step { return step{dir: d, end: how} }

// unknown is the size of a gap that nobody knows.
const unknown = -1

// recording is what came of a connection.
type recording struct {
	*capture.Run
	all []capture.Record
}

func newKeeper() *token.Keeper { return token.NewKeeper([]byte("0123456789abcdef0123456789abcdef")) }

// second is the time between two steps.
const second = capture.Instant(time.Second)

// play plays steps, the first at second 1, with data cut in pieces of n bytes (0: as
// they are), and checks the run.
func play(t testing.TB, n int, steps ...step) recording {
	t.Helper()
	r := recording{}
	var all capture.Collector
	c := New(Opening{ID: 1, Scheme: "https", Authority: "gw.example:443"}, newKeeper(), func(rec capture.Record) {
		r.all = append(r.all, rec)
		all.Put(rec)
	})
	at := capture.Instant(0)
	for _, s := range steps {
		at += second
		switch {
		case s.end != "":
			c.End(s.dir, at, s.end)
		case s.gap == unknown:
			c.Gap(s.dir, at, 0)
		case s.gap > 0:
			c.Gap(s.dir, at, s.gap)
		}
		for b := []byte(s.text); len(b) > 0; {
			k := len(b)
			if n > 0 {
				k = min(n, k)
			}
			piece := append([]byte(nil), b[:k]...)
			c.Data(s.dir, at, piece)
			clear(piece) // no reference is kept
			b = b[k:]
		}
	}
	c.Close(at, "")
	r.Run = all.Run(capture.Meta{})
	if err := r.CheckValid(); err != nil {
		t.Error(err)
	}
	return r
}

// only returns the only upgrade.
func (r recording) only(t testing.TB) *capture.Upgrade {
	t.Helper()
	if len(r.Upgrades) != 1 {
		t.Fatalf("%d upgrades recorded, want 1", len(r.Upgrades))
	}
	return r.Upgrades[0]
}

const (
	ask = "GET /ws?x=1 HTTP/1.1\r\nHost: gw.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer tok-4711-abcdef\r\n\r\n"
	yes  = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	no   = "HTTP/1.1 403 Forbidden\r\nServer: envoy\r\nDate: Tue, 24 Nov 2026 21:00:00 GMT\r\nContent-Length: 6\r\n\r\ndenied"
	text = "\x81\x85\x00\x00\x00\x00hello" // of the client
	bye  = "\x88\x06\x11\x33full"          // of the gateway: 4403
)

func TestRefusal(t *testing.T) {
	u := play(t, 0, sent(ask), got(no)).only(t)
	if u.Outcome != capture.Refused || u.Status != 403 || string(u.Body) != "denied" || u.BodyBytes != 6 || len(u.Oddities) > 0 {
		t.Errorf("recorded %+v", u)
	}
	if u.Scheme != "wss" || u.Authority != "gw.example:443" || u.Host != "gw.example" || u.Target != "/ws?x=1" || u.Conn != 1 || u.Exchange != 1 {
		t.Errorf("recorded %+v", u)
	}
	if p := u.Phases; p.RequestSent != second || p.ResponseFirst != 2*second || p.ResponseHead != 2*second || p.ResponseEnd != 2*second {
		t.Errorf("phases %+v", p)
	}
	if fp := newKeeper().Fingerprint("tok-4711-abcdef"); u.Token() != fp || !strings.Contains(string(u.RequestHead.Head()), string(fp)) {
		t.Errorf("token %q, head %q", u.Token(), u.RequestHead.Head())
	}
}

func TestRecordsUnfold(t *testing.T) {
	r := play(t, 0, sent(ask), got(no[:len(no)-2]), got(no[len(no)-2:]))
	var story []string
	for _, rec := range r.all {
		switch rec := rec.(type) {
		case capture.Upgrade:
			story = append(story, fmt.Sprintf("%s %d %q", rec.Outcome, rec.Status, rec.Body))
		default:
			story = append(story, fmt.Sprintf("%T", rec))
		}
	}
	want := `capture.Token, pending 0 "", capture.ClockSample, refused 403 "", refused 403 "denied"`
	if got := strings.Join(story, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if c := r.Clock[0]; c.Sent != second || c.Received != 2*second || c.Date != capture.At(time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)) || c.Authority != "gw.example:443" {
		t.Errorf("clock sample %+v", c)
	}
}

func TestOutcomesWithoutAnswer(t *testing.T) {
	for _, tt := range []struct {
		name  string
		steps []step
		want  capture.Outcome
		why   string
	}{
		{"nothing yet", nil, capture.Pending, ""},
		{"gateway fin", []step{ends(FromServer, capture.FIN)}, capture.Dropped, "(fin) without"},
		{"gateway rst", []step{ends(FromServer, capture.RST), ends(FromClient, capture.FIN)}, capture.Dropped, "(rst) without"},
		{"within the head", []step{got("HTTP/1.1 403 For"), ends(FromServer, capture.FIN)}, capture.Dropped, "within the head"},
		{"after 100", []step{got("HTTP/1.1 100 Continue\r\n\r\n"), ends(FromServer, capture.FIN)}, capture.Dropped, "without"},
		{"client leaves", []step{ends(FromClient, capture.FIN), ends(FromServer, capture.FIN)}, capture.ClientGone, "client ended"},
		{"not HTTP", []step{got("SSH-2.0-x\r\n"), ends(FromServer, capture.FIN)}, capture.Dropped, "not HTTP/1.1"},
		{"answer in a gap", []step{gone(FromServer, 300), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}, capture.Pending, "missing"},
		{"answer in a gap of unknown size", []step{gone(FromServer, unknown), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}, capture.Pending, "missing"},
		{"part of the answer in a gap", []step{got("HTTP/1.1 403 For"), gone(FromServer, 10), got("\r\n\r\n"), ends(FromServer, capture.FIN)}, capture.Pending, "missing"},
		{"client half-closes and is answered", []step{ends(FromClient, capture.FIN), got(no)}, capture.Refused, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := play(t, 0, append([]step{sent(ask)}, tt.steps...)...).only(t)
			if u.Outcome != tt.want || !strings.Contains(u.Failure, tt.why) {
				t.Errorf("outcome %q, failure %q", u.Outcome, u.Failure)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	head := func(fields string) string { return "HTTP/1.1 403 No\r\n" + fields + "\r\n" }
	for _, tt := range []struct {
		name, answer string
		more         []step
		body         string
		bytes        int64
		odd          string
	}{
		{"none", head("Content-Length: 0\r\n"), nil, "", 0, ""},
		{"chunked", head("Transfer-Encoding: chunked\r\n") + "3\r\nden\r\n3;x\r\nied\r\n0\r\nA: b\r\n\r\n", nil, "denied", 6, ""},
		{"until the end", head("") + "denied", []step{ends(FromServer, capture.FIN)}, "denied", 6, ""},
		{"ended early", head("Content-Length: 10\r\n") + "you denied", nil, "you denied", 10, ""},
		{"ended very early", head("Content-Length: 20\r\n") + "you are denied", []step{ends(FromServer, capture.RST)}, "you are ‹cut:" + string(newKeeper().Fingerprint("denied")) + ":6›", 14, "ended 6 bytes early"},
		{"bad chunk", head("Transfer-Encoding: chunked\r\n") + "3\r\nno \r\nzz", nil, "no ", 3, "chunk size is not hexadecimal"},
		{"two lengths", head("Content-Length: 2\r\nContent-Length: 3\r\n") + "no", []step{ends(FromServer, capture.FIN)}, "no", 2, "two values"},
		{"bytes missing", head("Content-Length: 20\r\n") + "you are ", []step{gone(FromServer, 4), got("ied, ok?")}, "you are ", 20, ""},
		{"brotli", head("Content-Encoding: br\r\nContent-Length: 3\r\n") + "abc", nil, "", 3, "br"},
		{"token given back", head("Content-Length: 27\r\n") + "bad token: \"tok-4711-abcdef\"", nil, "bad token: \"‹secret:" + string(newKeeper().Fingerprint("tok-4711-abcdef")) + ":15›", 27, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for n := range 8 {
				u := play(t, n, append([]step{sent(ask), got(tt.answer)}, tt.more...)...).only(t)
				if string(u.Body) != tt.body || u.BodyBytes != tt.bytes || !strings.Contains(strings.Join(u.Oddities, "; "), tt.odd) {
					t.Errorf("pieces of %d: body %q of %d, oddities %q", n, u.Body, u.BodyBytes, u.Oddities)
				}
			}
		})
	}
}

func TestBodyLimit(t *testing.T) {
	secret := "tok-4711-abcdef"
	for _, before := range []int{capture.BodyLimit - 20, capture.BodyLimit - 5, capture.BodyLimit + slack - 5} {
		body := strings.Repeat("x ", before/2) + secret + strings.Repeat(" y", slack)
		u := play(t, 1000, sent(ask), got(fmt.Sprintf("HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n%s", len(body), body))).only(t)
		if len(u.Body) > capture.BodyLimit || u.BodyBytes != int64(len(body)) || strings.Contains(string(u.Body), "4711") || len(u.Body) < capture.BodyLimit-100 {
			t.Errorf("secret at %d: %d bytes kept of %d, ending in %q", before, len(u.Body), u.BodyBytes, u.Body[len(u.Body)-30:])
		}
	}
}

func TestKeepAliveAndPipelining(t *testing.T) {
	other := "GET /health HTTP/1.1\r\nHost: gw\r\n\r\n"
	ok := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for _, tt := range []struct {
		name  string
		steps []step
		want  string
	}{
		{"one after the other", []step{sent(ask), got(no), sent(other), got(ok), sent(ask), got(yes)}, "1 refused, 3 accepted"},
		{"pipelined", []step{sent(other + ask + ask), got(ok), got(no + yes)}, "2 refused, 3 accepted"},
		{"interim answers", []step{sent(ask), got("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + no)}, "1 refused"},
		{"post with a body", []step{sent("POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 5\r\n\r\nGET /" + ask), got(ok + no)}, "2 refused"},
		{"upgrade fields on a refusal", []step{sent(ask), got("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n"), sent(ask), got(yes)}, "1 refused, 2 accepted"},
		{"answered before the body has come", []step{sent("POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 5\r\n\r\nab"), got(ok), sent("cde" + ask), got(no)}, "2 refused"},
		{"upgrade with a body, refused before it has come", []step{sent(strings.Replace(ask, "\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nab", 1)), got(no), sent("cde" + ask), got(no)}, "1 refused, 2 refused"},
		{"empty lines between", []step{sent("\r\n" + ask), got("\r\n" + no + "\r\n"), sent("\r\n\r\n" + ask), got(no)}, "1 refused, 2 refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for n := range 12 {
				r := play(t, n, tt.steps...)
				var list []string
				for _, u := range r.Upgrades {
					list = append(list, fmt.Sprintf("%d %s", u.Exchange, u.Outcome))
				}
				if got := strings.Join(list, ", "); got != tt.want || len(r.Losses) > 0 {
					t.Errorf("pieces of %d: %s, losses %v", n, got, r.Losses)
				}
			}
		})
	}
}

func TestLosses(t *testing.T) {
	for _, tt := range []struct {
		name     string
		steps    []step
		upgrades int
		kinds    string
	}{
		{"not HTTP", []step{sent("\x16\x03\x01\x02\x00"), got("\x16\x03\x03")}, 0, "unparsable"},
		{"answer first", []step{got(no), sent(ask)}, 1, "unparsable"},
		{"HTTP/2 from one side only", []step{got("\x00\x00\x00\x04\x00\x00\x00\x00\x00"), sent(ask)}, 1, "unparsable"},
		{"nonsense first", []step{got("HTTX"), sent(ask)}, 1, "unparsable"},
		{"late start within frames", []step{sent(text), got(bye)}, 0, "unparsable"},
		{"another protocol", []step{sent("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n"), got("HTTP/1.1 101 S\r\n\r\n\x00")}, 0, "unparsable"},
		{"a tunnel", []step{sent("CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n"), got("HTTP/1.1 200 OK\r\n\r\nxyz")}, 0, "blind"},
		{"head without end", []step{sent("GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 20000))}, 0, "unparsable"},
		{"gap in a request", []step{sent(ask[:20]), gone(FromClient, 5), sent(ask)}, 0, "gap"},
		{"frames without end", []step{sent(ask), sent(strings.Repeat("x", 2*maxHeld))}, 1, "unparsable"},
		{"what is no frame", []step{sent(ask), got(yes + "\xf3\x00\x00")}, 1, "unparsable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 7, 4096} {
				r := play(t, n, tt.steps...)
				var kinds []string
				for _, l := range r.Losses {
					kinds = append(kinds, string(l.Kind))
				}
				if got := strings.Join(kinds, ", "); got != tt.kinds || len(r.Upgrades) != tt.upgrades {
					t.Errorf("pieces of %d: losses %v, %d upgrades", n, r.Losses, len(r.Upgrades))
				}
			}
		})
	}
}

// TestAnswerBeforeRequestIsComplete: the request that comes behind is still found.
func TestAnswerBeforeRequestIsComplete(t *testing.T) {
	for n := range 9 {
		r := play(t, n, sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab"),
			got("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"), sent("cd"),
			sent(ask), got(no))
		if u := r.only(t); u.Exchange != 2 || u.Status != 403 {
			t.Errorf("recorded exchange %d, status %d", u.Exchange, u.Status)
		}
	}
}

func TestNotesReachTheirExchange(t *testing.T) {
	var all capture.Collector
	c := New(Opening{ID: 3, Scheme: "http"}, newKeeper(), all.Put)
	server := netip.MustParseAddrPort("192.0.2.1:80")
	c.Annotate(func(u *capture.Upgrade) { u.Server, u.Edits, u.Phases.Accepted = server, []string{"first"}, 1 })
	c.Data(FromClient, second, []byte(ask+ask))
	c.Data(FromServer, second, []byte(no))
	c.Annotate(func(u *capture.Upgrade) { u.Edits = []string{"second"} })
	c.Data(FromServer, second, []byte(yes))
	c.Annotate(func(u *capture.Upgrade) { u.Edits = append(u.Edits, "open") })
	c.Close(2*second, "")
	r := all.Run(capture.Meta{})
	a, b := r.Upgrades[0], r.Upgrades[1]
	if !slices.Equal(a.Edits, []string{"first"}) || !slices.Equal(b.Edits, []string{"second", "open"}) {
		t.Errorf("edits %q and %q", a.Edits, b.Edits)
	}
	if a.Server != server || b.Server != server || a.Phases.Accepted != 1 || b.Phases.Accepted != 0 {
		t.Errorf("facts of the connection: %v, %v; accepted at %d, %d", a.Server, b.Server, a.Phases.Accepted, b.Phases.Accepted)
	}
	if a.Authority != "gw.example" || b.Socket.Closed.Seen() || b.Outcome != capture.Accepted {
		t.Errorf("recorded %+v", b)
	}
}

func TestFail(t *testing.T) {
	for _, outcome := range []capture.Outcome{capture.Unreached, capture.TimedOut} {
		var all capture.Collector
		c := New(Opening{ID: 1, Scheme: "http"}, newKeeper(), all.Put)
		c.Data(FromClient, second, []byte(ask))
		if c.Answered() {
			t.Error("answered without an answer")
		}
		c.Fail(2*second, outcome, "no route")
		if !c.Answered() {
			t.Error("a request that failed waits")
		}
		c.Data(FromServer, 3*second, []byte(yes))
		c.Close(4*second, capture.FIN)
		r := all.Run(capture.Meta{})
		u := r.Upgrades[0]
		if u.Outcome != outcome || u.Failure != "no route" || u.Phases.RequestSent.Seen() != (outcome == capture.TimedOut) || r.CheckValid() != nil {
			t.Errorf("recorded %+v", u)
		}
	}
}

func TestClose(t *testing.T) {
	for how, want := range map[capture.Ending]capture.Outcome{"": capture.Pending, capture.Shutdown: capture.Pending, capture.Timeout: capture.TimedOut, capture.Broken: capture.Dropped} {
		var all capture.Collector
		c := New(Opening{ID: 1, Scheme: "http"}, newKeeper(), all.Put)
		c.Data(FromClient, second, []byte(ask))
		c.Close(2*second, how)
		if u := all.Run(capture.Meta{}).Upgrades[0]; u.Outcome != want {
			t.Errorf("%q: outcome %q, want %q", how, u.Outcome, want)
		}
	}
}

// TestLateStart: what comes behind an answer whose request was not seen is recorded as
// usual.
func TestLateStart(t *testing.T) {
	for name, orphan := range map[string]string{
		"refusal":   no,
		"chunked":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		"no body":   "HTTP/1.1 204 No\r\n\r\n",
		"two":       no + no,
		"empty":     "\r\n" + no,
		"pipelined": no[:40],
	} {
		for n := range 9 {
			rest := ""
			if len(orphan) == 40 {
				rest = no[40:]
			}
			r := play(t, n, got(orphan), sent(ask), got(rest+no), sent(ask), got(yes))
			if len(r.Upgrades) != 2 || r.Upgrades[0].Status != 403 || r.Upgrades[1].Status != 101 || len(r.Losses) > 1 || len(r.Losses) == 0 && rest == "" {
				t.Errorf("%s, pieces of %d: %d upgrades, losses %v", name, n, len(r.Upgrades), r.Losses)
			}
			if len(r.Clock) > 1 {
				t.Errorf("%s: clock samples %+v", name, r.Clock)
			}
		}
	}
	r := play(t, 0, sent(ask), got(no), got("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), ends(FromServer, capture.FIN))
	if r.only(t).Status != 403 || len(r.Losses) > 0 {
		t.Errorf("a gateway that gives up on an idle connection: %+v, losses %v", r.Upgrades[0], r.Losses)
	}
}
