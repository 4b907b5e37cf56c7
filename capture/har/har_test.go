package har

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"why403/capture"
	"why403/capture/token"
)

func keeper() *token.Keeper { return token.NewKeeper(bytes.Repeat([]byte{7}, 32)) }

func read(t testing.TB, archive []byte) *capture.Run {
	t.Helper()
	run, err := Read(bytes.NewReader(archive), keeper(), capture.Meta{ID: "r", Source: "har"})
	if err != nil {
		t.Fatal(err)
	}
	if err := run.CheckValid(); err != nil {
		t.Fatal(err)
	}
	return run
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func outcomes(run *capture.Run) map[capture.Outcome]int {
	n := map[capture.Outcome]int{}
	for _, u := range run.Upgrades {
		n[u.Outcome]++
	}
	return n
}

func TestReadMitmproxy(t *testing.T) {
	run := read(t, file(t, "mitmproxy.har"))
	if n := outcomes(run); n[capture.Accepted] != 3 || n[capture.Refused] != 4 || len(n) != 2 {
		t.Errorf("outcomes %v", n)
	}
	if len(run.TokenRequests) != 4 || run.TokenRequests[0].GrantType != "client_credentials" || run.TokenRequests[0].Issued == "" {
		t.Errorf("token requests %+v", run.TokenRequests)
	}
	for _, u := range run.Upgrades {
		if u.Token() == "" || u.Scheme != "ws" || u.Authority != "127.0.0.1:18403" || !u.Server.IsValid() || u.Phases.ResponseFirst <= u.Phases.RequestSent {
			t.Errorf("upgrade %+v", u)
		}
		if tok := run.Tokens[u.Token()]; !tok.ExpiresAt.Seen() {
			t.Errorf("the token's claims were not read: %+v", tok)
		}
	}
}

func TestReadPlaywright(t *testing.T) {
	run := read(t, file(t, "playwright.har"))
	// Playwright has no status for the two refused ones.
	if n := outcomes(run); n[capture.Accepted] != 3 || n[capture.Dropped] != 2 || len(n) != 2 {
		t.Errorf("outcomes %v", n)
	}
	u := run.Upgrades[0]
	if u.Credentials[0].Place != "query:access_token" || u.Socket.Frames.FromClient.Text != 1 || u.Socket.Frames.FromServer.Bytes != 5 {
		t.Errorf("upgrade %+v", u)
	}
	if d := u.Socket.Frames.FromClient.First.Sub(u.Socket.Opened); d < 0 || d > time.Second {
		t.Errorf("first message %s after the 101: its time is in ms", d)
	}
	if !noted(run, "2 upgrades have no status") || !noted(run, "does not say when 3 sockets ended") {
		t.Errorf("notes %+v", run.Notes)
	}
}

func noted(run *capture.Run, text string) bool {
	for _, n := range run.Notes {
		if strings.Contains(n.Text, text) {
			return true
		}
	}
	return false
}

func TestReadChrome(t *testing.T) {
	run := read(t, file(t, "chrome.har"))
	if n := outcomes(run); n[capture.Accepted] != 1 || n[capture.Refused] != 1 || n[capture.Dropped] != 1 {
		t.Fatalf("outcomes %v", n)
	}
	a, r, d := run.Upgrades[0], run.Upgrades[1], run.Upgrades[2]
	at := capture.At(time.Date(2026, 11, 24, 6, 15, 3, 100e6, time.UTC))
	want := capture.Phases{
		ResolveStart: at.Add(1500 * time.Microsecond), Resolved: at.Add(3500 * time.Microsecond), Dialed: at.Add(6500 * time.Microsecond),
		Secured: at.Add(10500 * time.Microsecond), RequestSent: at.Add(10500 * time.Microsecond),
		ResponseFirst: at.Add(12500 * time.Microsecond), ResponseHead: at.Add(12500 * time.Microsecond),
	}
	if a.Phases != want {
		t.Errorf("phases %+v, want %+v", a.Phases, want)
	}
	if s := a.Socket; s.Closed != s.Opened.Add(5*time.Second) || s.Counted().FromServer.Binary != 1 || s.Counted().FromServer.Bytes != 4 {
		t.Errorf("socket %+v", s)
	}
	if len(a.Credentials) < 2 || a.Credentials[len(a.Credentials)-1].Place != "first-frame" {
		t.Errorf("credentials %+v", a.Credentials)
	}
	if r.Status != 403 || r.Server.String() != "[2001:db8::17]:443" || r.Conn == a.Conn || r.Phases.Dialed.Seen() {
		t.Errorf("refused %+v", r)
	}
	if d.Failure != "net::ERR_CONNECTION_RESET" || d.Phases.ResponseFirst.Seen() {
		t.Errorf("dropped %+v", d)
	}
	if len(run.Clock) != 2 || run.Clock[0].Authority != "gw.example:443" {
		t.Errorf("clock %+v", run.Clock)
	}
}

func TestReadHTTPToolkit(t *testing.T) {
	run := read(t, file(t, "httptoolkit.har"))
	in, gone := run.Upgrades[0].Socket, run.Upgrades[1].Socket
	if in.CloseCode != 1008 || in.CloseReason != "policy" || in.How != capture.CloseFrame || !in.Closed.Seen() {
		t.Errorf("closed %+v", in)
	}
	if gone.CloseCode != 0 || gone.How != capture.FIN {
		t.Errorf("aborted %+v", gone)
	}
}

// TestNoSecretSurvives looks for every secret of the archives in everything that is
// made of them.
func TestNoSecretSurvives(t *testing.T) {
	for _, name := range []string{"mitmproxy.har", "playwright.har", "chrome.har", "httptoolkit.har"} {
		archive := file(t, name)
		run := read(t, archive)
		all, err := json.Marshal(run)
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := Write(&again, run); err != nil {
			t.Fatal(err)
		}
		secrets := regexp.MustCompile(`s3cret[\w-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+`).FindAllString(string(archive), -1)
		if len(secrets) < 2 {
			t.Fatalf("%s: %d secrets found in the archive", name, len(secrets))
		}
		for _, s := range secrets {
			for _, out := range []string{string(all), again.String()} {
				if strings.Contains(out, s) {
					t.Errorf("%s: %q is in what was made of it", name, s[:12])
				}
			}
		}
	}
}

func TestReadErrors(t *testing.T) {
	for archive, want := range map[string]string{
		"":                               "EOF",
		"[]":                             "expected",
		"{}":                             "no HTTP Archive",
		`{"log":{"entries":[1]}}`:        "entry 1",
		`{"log":{"entries":[{"request":`: "entry 1",
	} {
		_, err := Read(strings.NewReader(archive), keeper(), capture.Meta{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "read HAR: at byte ") {
			t.Errorf("Read(%q) gives %v, want an error with %q", archive, err, want)
		}
	}
	run := read(t, []byte("\xef\xbb\xbf"+`{"log":{"entries":[{"startedDateTime":"yesterday","request":{"url":"ws://a/"}}]}}`))
	if len(run.Upgrades) != 0 || !noted(run, "1 upgrades were left out") {
		t.Errorf("an entry without a time: %+v", run)
	}
}

// FuzzRead checks that a run made of any archive is valid, and that what is written
// of it is an archive with the same upgrades.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"chrome.har", "httptoolkit.har"} {
		f.Add(file(f, name))
	}
	f.Add([]byte(`{"log":{"entries":[{"startedDateTime":"2026-01-01T00:00:00Z","connection":"1","request":{"method":"G\n","url":"wss://h","headers":[{"name":"a:b\r\n","value":"c\r\nd"}]},"response":{"status":101},"timings":{"blocked":1e308,"wait":-5},"_webSocketMessages":[{"time":1e18}]}]}}`))
	f.Fuzz(func(t *testing.T, archive []byte) {
		run, err := Read(bytes.NewReader(archive), keeper(), capture.Meta{})
		if err != nil {
			return
		}
		if err := run.CheckValid(); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, run); err != nil {
			t.Fatal(err)
		}
		again := read(t, b.Bytes())
		a, n := outcomes(run), outcomes(again)
		for o := range a {
			if a[o] != n[o] {
				t.Fatalf("%v became %v", a, n)
			}
		}
	})
}
