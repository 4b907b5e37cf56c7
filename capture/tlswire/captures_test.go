package tlswire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/capture/tcp"
	"why403/capture/tlswire"
)

// wiresharkTests names the folder test/ of Wireshark's source, as "apt-get source
// wireshark" gives it: real captures, and the keys of most.
const wiresharkTests = "WHY403_WIRESHARK"

// TestWiresharkCaptures reads Wireshark's own captures in place.
func TestWiresharkCaptures(t *testing.T) {
	root := os.Getenv(wiresharkTests)
	if root == "" {
		t.Skipf("%s does not name the folder test/ of Wireshark's source", wiresharkTests)
	}
	tests := []struct {
		capture, keys string
		want          []string // of the plaintext, in this order
		troubles      []string
	}{
		{"tls12-dsb.pcapng", "", []string{"Host: example.com", "HTTP/1.1 200", "Host: example.net", "HTTP/1.1 200"}, nil},
		{"tls12-chacha20poly1305.pcap", "tls12-chacha20poly1305.keys", []string{
			"Cipher is ECDHE-ECDSA-CHACHA20-POLY1305", "Cipher is ECDHE-RSA-CHACHA20-POLY1305",
			"Cipher is DHE-RSA-CHACHA20-POLY1305", "Cipher is RSA-PSK-CHACHA20-POLY1305",
			"Cipher is DHE-PSK-CHACHA20-POLY1305", "Cipher is ECDHE-PSK-CHACHA20-POLY1305",
			"Cipher is PSK-CHACHA20-POLY1305"}, nil},
		{"tls13-rfc8446.pcap", "tls13-rfc8446.keys", []string{
			"GET /first", "Request for /first", "GET /early", "Request for /early", "GET /second", "Request for /second"}, nil},
		{"tls13-rfc8446.pcap", "tls13-rfc8446-noearly.keys", []string{
			"GET /first", "Request for /first", "Request for /early", "GET /second", "Request for /second"},
			[]string{"key_incomplete CLIENT_EARLY_TRAFFIC_SECRET"}},
		{"tls13-20-chacha20poly1305.pcap", "tls13-20-chacha20poly1305.keys", []string{"TLS13-CHACHA20-POLY1305-SHA256"}, nil},
		{"http2-data-reassembly.pcap", "http2-data-reassembly.keys", []string{"PRI * HTTP/2.0"}, nil},
		{"dhe1.pcapng.gz", "dhe1_keylog.dat", nil, []string{"unsupported_version: TLS 1.0", "unsupported_version: TLS 1.0"}},
		{"rsasnakeoil2.pcap", "rsasnakeoil2.key", nil, // an SSL 2 hello
			append([]string{"malformed: no TLS record"}, repeat("unsupported_version: SSL 3.0", 3)...)},
		{"rsa-p-lt-q.pcap", "rsa-p-lt-q.key", []string{"GET / HTTP"}, nil},
		{"tls-renegotiation.pcap", "rsasnakeoil2.key", []string{"GET /", "Content-Length: 2151"}, nil},
		{"tls12-aes128ccm.pcap", "psk", []string{"http://www.gnu.org/software/gnutls"}, nil},
		{"tls12-aes256gcm.pcap", "psk", []string{"http://www.gnu.org/software/gnutls"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.capture+"/"+tt.keys, func(t *testing.T) {
			keys := tlswire.NewKeyLog(0)
			path := filepath.Join(root, "captures", tt.capture)
			if err := pcapfile.Secrets(path, keys.Add); err != nil {
				t.Fatal(err)
			}
			if tt.keys != "" {
				keys.Add(readKeys(t, root, path, tt.keys))
			}
			got := readCapture(t, path, keys)
			rest := got.plain.String()
			for _, want := range tt.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Fatalf("no %q in what follows, troubles %q", want, got.troubles)
				}
				rest = after
			}
			if fmt.Sprint(got.troubles) != fmt.Sprint(tt.troubles) {
				t.Errorf("troubles %q, want %q", got.troubles, tt.troubles)
			}
		})
	}
}

// readKeys returns a key log: a file, or, where there is a private key or pre-shared
// key instead, what tshark makes of it.
func readKeys(t *testing.T, root, path, name string) []byte {
	t.Helper()
	file := filepath.Join(root, "keys", name)
	var option string
	switch {
	case strings.HasSuffix(name, ".key"):
		option = fmt.Sprintf(`uat:rsa_keys:"%s",""`, file)
	case name == "psk":
		option = "tls.psk:ca19e028a8a372ad2d325f950fcaceed" // test/suite_decryption.py
	default:
		return readFile(t, file)
	}
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("no tshark to turn keys into a key log")
	}
	exported := filepath.Join(t.TempDir(), "keys")
	if out, err := exec.Command("tshark", "-r", path, "-o", option, "--export-tls-session-keys", exported).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return readFile(t, exported)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func repeat(s string, n int) (all []string) {
	for range n {
		all = append(all, s)
	}
	return all
}

// TestWiresharkFingerprints compares JA3 and JA3S with tshark's, hellos in many
// fragments included.
func TestWiresharkFingerprints(t *testing.T) {
	root := os.Getenv(wiresharkTests)
	if root == "" {
		t.Skipf("%s does not name the folder test/ of Wireshark's source", wiresharkTests)
	}
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("no tshark")
	}
	for _, name := range []string{"tls12-dsb.pcapng", "tls12-chacha20poly1305.pcap", "tls13-rfc8446.pcap", "http2-brotli.pcapng",
		"http2-data-reassembly.pcap", "tls-renegotiation.pcap", "dmgr.pcapng", "tls-fragmented-handshakes.pcap.gz"} {
		path := filepath.Join(root, "captures", name)
		got := readCapture(t, path, tlswire.NewKeyLog(0))
		for field, ours := range map[string][]string{"ja3": got.ja3, "ja3s": got.ja3s} {
			field = "tls.handshake." + field
			out, err := exec.Command("tshark", "-r", path, "-Y", field, "-T", "fields", "-e", field).Output()
			if err != nil {
				t.Fatal(err)
			}
			theirs := strings.FieldsFunc(string(out), func(r rune) bool { return r == ',' || r == '\n' })
			if a, b := unique(ours), unique(theirs); !slices.Equal(a, b) {
				t.Errorf("%s: %s %q, tshark says %q", name, field, a, b)
			}
		}
	}
}

func unique(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(list)
	return slices.Compact(list)
}

// captured is what all TLS connections of a capture held.
type captured struct {
	d        *tlswire.Decrypter
	plain    bytes.Buffer
	troubles []string
	ja3      []string
	ja3s     []string
}

func readCapture(t *testing.T, path string, keys *tlswire.KeyLog) *captured {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := pcapfile.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := &captured{d: tlswire.NewDecrypter(keys)}
	streams := tcp.New(tcp.Options{}, got.start)
	var decoder packet.Decoder
	var p pcapfile.Packet
	var s packet.Segment
	for {
		if err := r.Next(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if decoder.Decode(&p, &s) {
			streams.Segment(p.Time, &s)
		}
	}
	streams.Close()
	return got
}

func (g *captured) start(c *tcp.Conn) tcp.Stream {
	return &capturedStream{all: g, tcp: c, tls: g.d.NewConn(g)}
}

func (g *captured) Plain(_ tlswire.Dir, _ capture.Instant, b []byte) { g.plain.Write(b) }

func (g *captured) Alert(tlswire.Dir, capture.Instant, tlswire.Alert) {}

func (g *captured) Trouble(_ tlswire.Dir, _ capture.Instant, p *tlswire.Problem) {
	s := string(p.Reason)
	if p.Label != "" {
		s += " " + p.Label
	}
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	g.troubles = append(g.troubles, s)
}

type capturedStream struct {
	all *captured
	tcp *tcp.Conn
	tls *tlswire.Conn
}

func (s *capturedStream) dir(d tcp.Dir) tlswire.Dir {
	// Without a SYN the first to send is taken for the client, as it is in these captures.
	if opener, _ := s.tcp.Opener(); opener != d {
		return tlswire.FromServer
	}
	return tlswire.FromClient
}

func (s *capturedStream) Data(d tcp.Dir, at capture.Instant, b []byte) { s.tls.Data(s.dir(d), at, b) }

func (s *capturedStream) Gap(d tcp.Dir, at capture.Instant, n int64, _ tcp.Cause) {
	s.tls.Gap(s.dir(d), at, n)
}

func (s *capturedStream) End(d tcp.Dir, at capture.Instant, _ capture.Ending) {
	s.tls.End(s.dir(d), at)
}

func (s *capturedStream) Close(at capture.Instant, _ tcp.Reason) {
	s.tls.End(tlswire.FromClient, at)
	s.tls.End(tlswire.FromServer, at)
	s.all.ja3 = append(s.all.ja3, s.tls.Facts().JA3)
	s.all.ja3s = append(s.all.ja3s, s.tls.Facts().JA3S)
}
