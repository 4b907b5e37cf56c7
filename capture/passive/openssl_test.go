//go:build linux

package passive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"why403/capture/live"
	"why403/capture/pcapfile"
)

// wire is a way in which OpenSSL protects records.
type wire struct {
	client, server []string // flags of s_client and s_server
	update         bool     // both sides change their keys while the WebSocket is open
}

func tls12(suite string, client ...string) wire {
	flags := []string{"-tls1_2", "-cipher", suite + ":@SECLEVEL=0"}
	return wire{append(client, flags...), flags, false}
}

func tls13(suite string) wire {
	flags := []string{"-tls1_3", "-ciphersuites", suite, "-cipher", "ALL:@SECLEVEL=0"}
	return wire{flags, flags, true}
}

var wires = []wire{
	tls12("ECDHE-ECDSA-AES128-CCM"), tls12("ECDHE-ECDSA-AES256-CCM8"), tls12("ECDHE-RSA-CHACHA20-POLY1305"), tls12("DHE-RSA-AES256-GCM-SHA384"),
	tls12("ECDHE-RSA-AES128-SHA256"), tls12("ECDHE-RSA-AES128-SHA256", "-no_etm"), tls12("ECDHE-RSA-AES256-SHA"), tls12("ECDHE-ECDSA-AES256-SHA384", "-no_etm"),
	tls13("TLS_AES_128_GCM_SHA256"), tls13("TLS_AES_256_GCM_SHA384"), tls13("TLS_CHACHA20_POLY1305_SHA256"), tls13("TLS_AES_128_CCM_SHA256"), tls13("TLS_AES_128_CCM_8_SHA256"),
}

// TestOpenSSLAndCurl captures WebSockets between s_client and s_server of OpenSSL, and curl at
// a gateway of net/http, from the loopback interface, and compares what is read of them with
// what was sent and with tshark.
func TestOpenSSLAndCurl(t *testing.T) {
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("takes a while; WHY403_E2E is not set")
	}
	needTshark(t)
	dir := t.TempDir()
	keyLog := filepath.Join(dir, "keys")
	t.Setenv("SSLKEYLOGFILE", keyLog)
	gateway := httptest.NewUnstartedServer(http.HandlerFunc(tokenOr403))
	gateway.EnableHTTP2 = true
	gateway.StartTLS()
	defer gateway.Close()
	ports := []uint16{gateway.Listener.Addr().(*net.TCPAddr).AddrPort().Port()}
	pairs := certificates(t, dir)
	var servers []*openssl
	for _, w := range wires {
		s := startOpenSSL(t, slices.Concat([]string{"s_server", "-accept", "127.0.0.1:0", "-keylogfile", keyLog}, pairs, w.server)...)
		s.until(t, "ACCEPT ")
		servers = append(servers, s)
		ports = append(ports, netip.MustParseAddrPort(strings.TrimSpace(s.until(t, "\n"))).Port())
	}
	captured := captureLoopback(t, ports)

	want := counts{Upgrades: len(wires) + 1, Status: map[string]int{"403": 1}}
	for i, w := range wires {
		client := startOpenSSL(t, append([]string{"s_client", "-connect", fmt.Sprintf("127.0.0.1:%d", ports[i+1]), "-quiet", "-no_ign_eof", "-keylogfile", keyLog}, w.client...)...)
		refuse := i%4 == 3
		converse(t, client, servers[i], refuse, w.update)
		if refuse {
			want.Status["403"]++
			continue
		}
		want.Status["101"]++
		want.Frames += 4
	}
	curl(t, "--http2", "-d", "grant_type=client_credentials&client_id=load&client_secret=s3cr3t", gateway.URL+"/oauth/token")
	curl(t, "--http1.1", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", gateway.URL+"/ws")

	keys, err := os.ReadFile(keyLog)
	if err != nil {
		t.Fatal(err)
	}
	packets := captured()
	path := writePackets(t, pcapfile.Ethernet, keys, packets)
	t.Log("sent were", want)
	if got := count(t, path); got.String() != want.String() {
		t.Errorf("we have %v, sent were %v", got, want)
	}
	if got := tshark(t, path); got.String() != want.String() {
		t.Errorf("tshark has %v, sent were %v", got, want)
	}
	run := observe(t, packets, keys, Options{})
	if r := run.TokenRequests; len(r) != 1 || r[0].Status != 200 || r[0].Issued == "" || len(run.Losses) != 0 {
		t.Errorf("token requests %+v, losses %+v", r, run.Losses)
	}
	suites := map[string]bool{}
	for _, u := range run.Upgrades {
		suites[u.ServerTLS.Cipher] = true
	}
	if len(suites) != len(wires)-1 { // of one suite both orders of MAC and encryption are tried; curl's is among the others
		t.Errorf("suites %v", suites)
	}
}

func tokenOr403(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) // or its stream is reset
	if r.URL.Path == "/oauth/token" && r.ProtoMajor == 2 {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"an-opaque-token-of-some-length","token_type":"Bearer","expires_in":300}`)
		return
	}
	w.WriteHeader(http.StatusForbidden)
}

// converse has a client ask for a WebSocket and a server answer. On an open one each sends a
// message, after the keys of both sides were changed if asked to, and the client leaves.
func converse(t *testing.T, client, server *openssl, refuse, update bool) {
	t.Helper()
	client.send(t, "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	server.until(t, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	if refuse {
		server.send(t, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
		client.until(t, "\r\n\r\nno")
		client.leave()
		return
	}
	server.send(t, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
	client.until(t, "\r\n\r\n")
	for _, message := range []string{"first", "other"} {
		if update {
			client.send(t, "K\n") // its own, and a request for the server's
			client.until(t, "KEYUPDATE")
		}
		client.send(t, "\x81\x85\x00\x00\x00\x00"+message)
		server.until(t, message)
		server.send(t, "\x81\x05"+message)
		client.until(t, message)
	}
	client.leave()
}

// openssl is a running s_client or s_server.
type openssl struct {
	*exec.Cmd
	in   io.WriteCloser
	out  io.Reader
	read []byte // and not asked for
}

func startOpenSSL(t *testing.T, args ...string) *openssl {
	t.Helper()
	o := &openssl{Cmd: exec.Command("openssl", args...)}
	in, err1 := o.StdinPipe()
	out, err2 := o.StdoutPipe()
	o.in, o.out, o.Stderr = in, out, o.Stdout
	if err := errors.Join(err1, err2, o.Start()); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(time.Minute, func() { o.Process.Kill() }) // ends a wait for what does not come
	t.Cleanup(func() {
		stop.Stop()
		o.Process.Kill()
		o.Wait()
	})
	return o
}

func (o *openssl) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(o.in, text); err != nil {
		t.Fatal(err)
	}
}

// until reads to the end of a text and returns what was before it.
func (o *openssl) until(t *testing.T, text string) string {
	t.Helper()
	for b := make([]byte, 4096); ; {
		if before, after, ok := strings.Cut(string(o.read), text); ok {
			o.read = []byte(after)
			return before
		}
		n, err := o.out.Read(b)
		if o.read = append(o.read, b[:n]...); err != nil {
			t.Fatalf("%v: no %q in %q: %v", o.Args, text, o.read, err)
		}
	}
}

// leave ends a client.
func (o *openssl) leave() {
	o.in.Close()
	o.Wait()
}

// certificates makes one of RSA and one of ECDSA, and returns s_server's flags for them.
func certificates(t *testing.T, dir string) (flags []string) {
	t.Helper()
	for _, kind := range []struct{ algorithm, cert, key string }{{"rsa:2048", "-cert", "-key"}, {"ec:", "-dcert", "-dkey"}} {
		path := filepath.Join(dir, kind.cert+".pem")
		args := []string{"req", "-x509", "-newkey", strings.TrimSuffix(kind.algorithm, ":"), "-nodes", "-keyout", path + ".key", "-out", path, "-subj", "/CN=gw"}
		if kind.algorithm == "ec:" {
			args = append(args, "-pkeyopt", "ec_paramgen_curve:P-256")
		}
		if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v: %s", args, err, out)
		}
		flags = append(flags, kind.cert, path, kind.key, path+".key")
	}
	return flags
}

func curl(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("curl", append([]string{"-sk"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("curl %v: %v: %s", args, err, out)
	}
}

// captureLoopback captures what has one of those ports until the returned function is
// called, which returns it.
func captureLoopback(t *testing.T, ports []uint16) func() []pcapfile.Packet {
	t.Helper()
	source, err := live.Open([]string{"lo"}, live.Options{Ports: ports})
	if errors.Is(err, os.ErrPermission) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var packets []pcapfile.Packet
	var over atomic.Bool
	done := make(chan error, 1)
	go func() {
		for p := new(pcapfile.Packet); ; {
			switch err := source.Next(p); {
			case err == nil:
				kept := *p
				kept.Data = bytes.Clone(p.Data)
				packets = append(packets, kept)
			case err != live.ErrIdle, over.Load():
				done <- err
				return
			}
		}
	}()
	return func() []pcapfile.Packet {
		over.Store(true)
		if err := <-done; err != live.ErrIdle || source.Dropped() > 0 {
			t.Errorf("%v, %d packets dropped", err, source.Dropped())
		}
		source.Close()
		return packets
	}
}
