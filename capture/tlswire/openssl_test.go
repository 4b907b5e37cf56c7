package tlswire

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// needOpenSSL skips the test where there is no openssl 3.
func needOpenSSL(t *testing.T) {
	t.Helper()
	out, err := exec.Command("openssl", "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "OpenSSL 3") {
		t.Skip("no openssl 3")
	}
}

// serverFiles writes both certificates with keys and returns s_server's flags.
func serverFiles(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, blocks ...*pem.Block) string {
		var b bytes.Buffer
		for _, block := range blocks {
			pem.Encode(&b, block)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rsaPair, ecPair := rsaCertificate(), certificate()
	ecKey, err := x509.MarshalECPrivateKey(ecPair.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	rsaFile := write("rsa.pem", &pem.Block{Type: "CERTIFICATE", Bytes: rsaPair.Certificate[0]},
		&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaPair.PrivateKey.(*rsa.PrivateKey))})
	ecFile := write("ec.pem", &pem.Block{Type: "CERTIFICATE", Bytes: ecPair.Certificate[0]},
		&pem.Block{Type: "EC PRIVATE KEY", Bytes: ecKey})
	return []string{"-cert", rsaFile, "-key", rsaFile, "-dcert", ecFile, "-dkey", ecFile}
}

// openssl is a running s_server, and the key log that both sides write.
type openssl struct {
	addr   string
	keyLog string
	dir    string
	server *exec.Cmd
	in     io.Writer // what it sends
	out    io.Reader // what s_server prints: without -rev, what it received
}

// serve starts an s_server that answers each line with the line reversed.
func serve(t *testing.T, flags ...string) *openssl {
	t.Helper()
	return start(t, append(flags, "-rev")...)
}

func start(t *testing.T, flags ...string) *openssl {
	t.Helper()
	needOpenSSL(t)
	o := &openssl{dir: t.TempDir()}
	o.keyLog = filepath.Join(o.dir, "keys")
	args := append([]string{"s_server", "-accept", "127.0.0.1:0", "-keylogfile", o.keyLog}, serverFiles(t)...)
	cmd := exec.Command("openssl", append(args, flags...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	in, err := cmd.StdinPipe() // an end of it would end s_server
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o.server, o.in = cmd, in
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	if o.addr = accepting(out); o.addr == "" {
		t.Fatal("s_server does not say where it listens")
	}
	if o.out = out; slices.Contains(flags, "-rev") {
		go io.Copy(io.Discard, out) // until the process ends
	}
	return o
}

// accepting returns the address that s_server prints, "ACCEPT 127.0.0.1:4433".
func accepting(r io.Reader) string {
	var text []byte
	for b := make([]byte, 256); ; {
		n, err := r.Read(b)
		text = append(text, b[:n]...)
		if _, after, ok := strings.Cut(string(text), "ACCEPT "); ok && strings.Contains(after, "\n") {
			return strings.Fields(after)[0]
		}
		if err != nil {
			return ""
		}
	}
}

// connect runs s_client through a tap and types lines once the last is answered.
func (o *openssl) connect(t *testing.T, lines []string, flags ...string) []event {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cmd := exec.Command("openssl", append([]string{"s_client", "-connect", ln.Addr().String(), "-quiet", "-no_ign_eof", "-keylogfile", o.keyLog}, flags...)...)
	cmd.Dir = o.dir
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill(); o.server.Process.Kill() })
	defer timer.Stop()
	events := make(chan []event, 1)
	go func() { events <- o.relay(ln) }()
	for _, line := range lines {
		io.WriteString(in, line)
		err := error(nil)
		if line == received {
			err = readUntil(o.out, received)
			io.WriteString(o.in, "pong\n")
		}
		if err := errors.Join(err, readUntil(out, answer(line))); err != nil {
			t.Fatalf("no answer to %q: %v", line, err)
		}
	}
	in.Close()
	cmd.Wait()
	return <-events
}

// relay passes one connection on to the server and records it.
func (o *openssl) relay(ln net.Listener) []event {
	client, err := ln.Accept()
	if err != nil {
		return nil
	}
	defer client.Close()
	server, err := net.Dial("tcp", o.addr)
	if err != nil {
		return nil
	}
	defer server.Close()
	deadline := time.Now().Add(20 * time.Second)
	client.SetDeadline(deadline)
	server.SetDeadline(deadline)
	wire := &tap{Conn: server}
	done := make(chan struct{})
	go func() {
		io.Copy(onlyWriter{wire}, client)
		server.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	io.Copy(client, onlyReader{wire})
	client.Close()
	<-done
	return wire.events
}

type onlyWriter struct{ io.Writer }
type onlyReader struct{ io.Reader }

// received is a line that a server without -rev prints, and then answers.
const received = "received line\n"

// answer is what is printed after a line.
func answer(line string) string {
	switch line {
	case "k\n", "K\n":
		return "KEYUPDATE"
	case received:
		return "pong" // by when the session's ticket has come too
	}
	return reversed(line)
}

func reversed(line string) string {
	b := []byte(strings.TrimSuffix(line, "\n"))
	slices.Reverse(b)
	return string(b) + "\n"
}

func readUntil(r io.Reader, want string) error {
	var text []byte
	for b := make([]byte, 4096); ; {
		n, err := r.Read(b)
		text = append(text, b[:n]...)
		if strings.Contains(string(text), want) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%v after %q", err, text)
		}
	}
}

func (o *openssl) keys(t *testing.T) *KeyLog { return o.keysWithout(t, "none") }

// keysWithout leaves out the lines that begin with prefix.
func (o *openssl) keysWithout(t *testing.T, prefix string) *KeyLog {
	t.Helper()
	text, err := os.ReadFile(o.keyLog)
	if err != nil {
		t.Fatal(err)
	}
	keys := NewKeyLog(0)
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(line, []byte(prefix)) {
			keys.Add(line)
		}
	}
	return keys
}

var typed = []string{"first line\n", "second line\n"}

// wantTyped fails unless f holds the typed lines and their answers.
func wantTyped(t *testing.T, f *found) {
	t.Helper()
	client, server := strings.Join(typed, ""), reversed(typed[0])+reversed(typed[1])
	if len(f.lost) > 0 || string(f.plain[FromClient]) != client || string(f.plain[FromServer]) != server {
		t.Errorf("read %q and %q, problems %v", f.plain[FromClient], f.plain[FromServer], f.lost)
	}
}

// TestOpenSSLSuites reads suites that crypto/tls lacks: DHE, CCM, pre-shared keys,
// MAC after encryption, TLS 1.3 with CCM.
func TestOpenSSLSuites(t *testing.T) {
	tests := []struct {
		name  string
		flags []string
		want  string // suite
	}{
		{"DHE-RSA-AES128-GCM-SHA256", nil, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
		{"DHE-RSA-AES256-GCM-SHA384", nil, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
		{"DHE-RSA-CHACHA20-POLY1305", nil, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
		{"ECDHE-ECDSA-AES128-CCM", nil, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"},
		{"ECDHE-ECDSA-AES256-CCM8", nil, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"},
		{"DHE-RSA-AES256-CCM", nil, "TLS_DHE_RSA_WITH_AES_256_CCM"},
		{"AES128-CCM8", nil, "TLS_RSA_WITH_AES_128_CCM_8"},
		{"AES128-SHA", nil, "TLS_RSA_WITH_AES_128_CBC_SHA"},
		{"ECDHE-RSA-AES256-SHA", nil, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
		{"ECDHE-RSA-AES128-SHA256", nil, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
		{"ECDHE-ECDSA-AES256-SHA384", nil, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
		{"DHE-RSA-AES256-SHA256", nil, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"},
		{"PSK-AES128-GCM-SHA256", []string{"-psk", "0011223344556677"}, "TLS_PSK_WITH_AES_128_GCM_SHA256"},
		{"ECDHE-PSK-CHACHA20-POLY1305", []string{"-psk", "0011223344556677"}, "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"},
	}
	for _, tt := range tests {
		for _, mac := range []string{"", " no_etm"} {
			if mac != "" && !strings.Contains(tt.want, "CBC") {
				continue
			}
			t.Run(tt.name+mac, func(t *testing.T) {
				flags := append([]string{"-tls1_2", "-cipher", tt.name + ":@SECLEVEL=0"}, tt.flags...)
				client := slices.Clone(flags)
				if mac != "" {
					client = append(client, "-no_etm")
				}
				o := serve(t, flags...)
				events := o.connect(t, typed, client...)
				f, facts := read(NewDecrypter(o.keys(t)), events)
				wantTyped(t, f)
				if got := SuiteName(facts.Suite); got != tt.want {
					t.Errorf("suite %s, want %s", got, tt.want)
				}
			})
		}
	}
}

func TestOpenSSLCCM13(t *testing.T) {
	for _, name := range []string{"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"} {
		t.Run(name, func(t *testing.T) {
			flags := []string{"-tls1_3", "-ciphersuites", name, "-cipher", "ALL:@SECLEVEL=0"}
			o := serve(t, flags...)
			events := o.connect(t, typed, flags...)
			f, facts := read(NewDecrypter(o.keys(t)), events)
			wantTyped(t, f)
			if got := SuiteName(facts.Suite); got != name {
				t.Errorf("suite %s", got)
			}
		})
	}
}

func TestOpenSSLKeyUpdate(t *testing.T) {
	for _, command := range []string{"k\n", "K\n"} { // "K" asks the server to update too
		o := serve(t, "-tls1_3", "-record_padding", "64")
		events := o.connect(t, []string{typed[0], command, command, typed[1]}, "-record_padding", "100")
		f, _ := read(NewDecrypter(o.keys(t)), events)
		wantTyped(t, f)
	}
}

// TestOpenSSLResumption resumes by session ID and by ticket.
func TestOpenSSLResumption(t *testing.T) {
	for _, flags := range [][]string{{"-tls1_2"}, {"-tls1_2", "-no_ticket"}, {"-tls1_3"}} {
		t.Run(strings.Join(flags, ""), func(t *testing.T) {
			o := serve(t, flags...)
			first := o.connect(t, typed, append(flags, "-sess_out", "session")...)
			second := o.connect(t, typed, append(flags, "-sess_in", "session")...)
			// OpenSSL logs the master secret again; crypto/tls would not.
			text, err := os.ReadFile(o.keyLog)
			if err != nil {
				t.Fatal(err)
			}
			keys := NewKeyLog(0)
			d := NewDecrypter(keys)
			if flags[0] == "-tls1_2" {
				text = text[:bytes.IndexByte(text[bytes.Index(text, []byte("CLIENT_RANDOM")):], '\n')+bytes.Index(text, []byte("CLIENT_RANDOM"))+1]
			}
			keys.Add(text)
			for i, events := range [][]event{first, second} {
				f, facts := read(d, events)
				wantTyped(t, f)
				if facts.Resumed != (i == 1) {
					t.Errorf("connection %d: resumed is %v", i+1, facts.Resumed)
				}
			}
		})
	}
}

func TestOpenSSLEarlyData(t *testing.T) {
	taking := start(t, "-early_data", "-no_anti_replay", "-tls1_3")
	resume := taking.connect(t, []string{received}, "-sess_out", "session", "-tls1_3")
	if len(resume) == 0 {
		t.Fatal("no connection")
	}
	const early = "early line\n"
	if err := os.WriteFile(filepath.Join(taking.dir, "early"), []byte(early), 0o600); err != nil {
		t.Fatal(err)
	}
	session := filepath.Join(taking.dir, "session")
	flags := []string{"-tls1_3", "-sess_in", session, "-early_data", filepath.Join(taking.dir, "early")}

	t.Run("accepted", func(t *testing.T) {
		events := taking.connect(t, []string{received}, flags...)
		for _, keys := range []*KeyLog{taking.keys(t), taking.keysWithout(t, "CLIENT_EARLY")} {
			f, facts := read(NewDecrypter(keys), events)
			want, problems := early+received, 0
			if _, logged := keys.find(&facts.ClientRandom, clientEarly); !logged {
				want, problems = received, 1
			}
			if string(f.plain[FromClient]) != want || len(f.lost) != problems || facts.EarlyData != EarlyAccepted || !facts.Resumed {
				t.Errorf("read %q, want %q, problems %v, facts %+v", f.plain[FromClient], want, f.reasons(), facts)
			}
		}
	})
	for name, extra := range map[string][]string{"rejected": nil, "rejected by HelloRetryRequest": {"-groups", "P-384"}} {
		t.Run(name, func(t *testing.T) {
			refusing := serve(t, append(extra, "-tls1_3")...)
			events := refusing.connect(t, typed, flags...)
			f, facts := read(NewDecrypter(refusing.keys(t)), events)
			wantTyped(t, f)
			if facts.EarlyData != EarlyRejected || facts.Retried != (extra != nil) {
				t.Errorf("facts %+v", facts)
			}
		})
	}
}
