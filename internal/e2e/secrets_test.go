package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestSecretsStayInMemory records a load whose gateway repeats every secret that
// it is sent wherever it can, and searches everything that why403 writes.
func TestSecretsStayInMemory(t *testing.T) {
	for _, place := range []string{"header", "query", "cookie", "subprotocol"} {
		t.Run(place, func(t *testing.T) {
			gw := newParrot(t)
			dir := t.TempDir()
			secret := gw.secret("client-secret")
			roots := write(t, filepath.Join(t.TempDir(), "roots.pem"), gw.certPEM())
			self, err := build()
			if err != nil {
				t.Fatal(err)
			}
			cmd := why403(t, "run", "--json", "--verbose", "--run", filepath.Join(dir, "run.db"), "--upstream-ca", roots, "--",
				self, "load", strings.Replace(gw.server.URL, "https", "wss", 1)+"/ws", "--threads", "4", "--loops", "8", "--hold", "20ms",
				"--token-url", gw.server.URL+"/oauth/token", "--token-mode", "iteration", "--token-in", place,
				"--client-id", "tester", "--client-secret", secret)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			write(t, filepath.Join(dir, "stdout"), stdout.Bytes())
			write(t, filepath.Join(dir, "stderr"), stderr.Bytes())
			if n := strings.Count(stderr.String(), secret); n > 0 {
				t.Errorf("standard error has the client's secret %d times", n)
			}
			text := stdout.String()
			if !strings.Contains(text, `"attempts": 32`) {
				t.Errorf("not all attempts were recorded:\n%.600s", text)
			}
			searchFor(t, gw.all(), dir)
		})
	}
}

// parrot is a gateway with a token endpoint that says everything twice.
type parrot struct {
	*vault
	server *httptest.Server
	calls  atomic.Int64
}

func newParrot(t *testing.T) *parrot {
	t.Helper()
	p := &parrot{vault: newVault()}
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth/token", p.issue)
	mux.HandleFunc("/ws", p.upgrade)
	p.server = httptest.NewTLSServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func (p *parrot) certPEM() []byte { return pemOf(p.server.Certificate().Raw) }

// issue answers with tokens of several kinds and a cookie.
func (p *parrot) issue(w http.ResponseWriter, r *http.Request) {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iss":"parrot","sub":"tester","iat":%d,"exp":%d}`, time.Now().Unix(), time.Now().Add(time.Hour).Unix())
	signature := p.remember("signature", encode([]byte(rand.Text()+rand.Text())))
	token := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims)) + "." + signature
	http.SetCookie(w, &http.Cookie{Name: "session", Value: p.secret("session cookie")})
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": 3600,
		"refresh_token": p.secret("refresh token"), "echo": r.FormValue("client_secret"),
	})
}

// upgrade lets every second attempt in. It repeats what it was sent in fields and
// body of the refusal, and in the first message and the close reason of the socket.
func (p *parrot) upgrade(w http.ResponseWriter, r *http.Request) {
	sent := strings.Join([]string{r.Header.Get("Authorization"), r.URL.RawQuery, r.Header.Get("Cookie"),
		r.Header.Get("Sec-Websocket-Protocol")}, " ")
	if p.calls.Add(1)%2 == 0 {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="`+sent+`"`)
		w.Header().Set("Location", "https://parrot.test/login?"+r.URL.RawQuery+"&access_token="+p.secret("token in Location"))
		http.SetCookie(w, &http.Cookie{Name: "session", Value: p.secret("session cookie")})
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"error":"forbidden","you_sent":%q,"refresh_token":%q}`, sent, p.secret("token in a body"))
		return
	}
	upgrader := websocket.Upgrader{Subprotocols: websocket.Subprotocols(r)}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.WriteMessage(websocket.TextMessage, []byte("you sent "+sent))
	signature := sent[strings.LastIndex(sent, ".")+1:]
	conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1008, "bad signature "+strings.TrimSpace(signature)))
}
