package passive

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"why403/capture"
	"why403/capture/pcapfile"
	"why403/capture/tlswire"
	"why403/capture/token"
)

// counts is what two readers of a capture must agree on.
type counts struct {
	Upgrades int            // requests for a WebSocket
	Status   map[string]int // answers to them
	Frames   int            // WebSocket frames, both ways
}

func (c counts) String() string {
	return fmt.Sprintf("%d upgrades, answers %v, %d frames", c.Upgrades, c.Status, c.Frames)
}

// TestAgainstTshark compares with tshark on generated loads. Packets are in order and
// sessions are not resumed in TLS 1.2: tshark 4.0 misses requests otherwise, which the other
// tests here know to be there.
func TestAgainstTshark(t *testing.T) {
	needTshark(t)
	for name, conf := range map[string]*tls.Config{
		"plain": nil, "TLS 1.3": {MinVersion: tls.VersionTLS13},
		"TLS 1.2": {MaxVersion: tls.VersionTLS12, SessionTicketsDisabled: true},
	} {
		t.Run(name, func(t *testing.T) {
			// tshark reads in one pass and now and then loses a TLS connection whose
			// packets of both directions were written in an unlucky order; ours must
			// be right every time, tshark's one time in three.
			var ours, theirs counts
			for range 3 {
				ours, theirs = countBoth(t, conf)
				if ours.Upgrades != 20 {
					t.Fatalf("we have %v of 20 upgrades", ours)
				}
				if ours.String() == theirs.String() {
					return
				}
			}
			t.Errorf("we have %v, tshark %v", ours, theirs)
		})
	}
}

// countBoth counts a fresh load with our own code and with tshark.
func countBoth(t *testing.T, conf *tls.Config) (ours, theirs counts) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "load.pcapng")
	var file bytes.Buffer
	if err := load(t, conf, 20).WriteFile(&file, true); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return count(t, path), tshark(t, path)
}

// TestCorpus compares with tshark on the files of WHY403_CAPTURES, such as test/captures
// of Wireshark's source, and prints a table of those that hold anything.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("WHY403_CAPTURES")
	if dir == "" {
		t.Skip("WHY403_CAPTURES names no directory")
	}
	needTshark(t)
	files, _ := filepath.Glob(filepath.Join(dir, "*.pcap*"))
	same := 0
	for _, path := range files {
		ours, theirs := count(t, path), tshark(t, path)
		if ours.String() == theirs.String() {
			same++
		} else {
			t.Errorf("%s: we have %v, tshark %v", filepath.Base(path), ours, theirs)
		}
		if ours.Upgrades+theirs.Upgrades > 0 {
			t.Logf("| %s | %v | %v |", filepath.Base(path), ours, theirs)
		}
	}
	t.Logf("%d of %d files agree", same, len(files))
}

func needTshark(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("needs tshark")
	}
}

// count reads a capture with our own code. Attempts that a capture holds on two legs
// count twice, as tshark counts them.
func count(t *testing.T, path string) counts {
	t.Helper()
	keys := tlswire.NewKeyLog(0)
	if err := pcapfile.Secrets(path, keys.Add); err != nil {
		t.Fatal(err)
	}
	var records capture.Collector
	o := New(Options{Keys: keys}, token.NewKeeper(make([]byte, 32)), records.Put)
	tl, err := pcapfile.OpenTimeline([]string{path}, nil, nil)
	if err != nil {
		return counts{Status: map[string]int{}}
	}
	defer tl.Close()
	for p := new(pcapfile.Packet); tl.Next(p) == nil; {
		o.Packet(p)
	}
	o.Close()
	c := counts{Status: map[string]int{}}
	for _, u := range records.Run(capture.Meta{}).Upgrades {
		c.Upgrades++
		if u.Status != 0 {
			c.Status[fmt.Sprint(u.Status)]++
		}
		c.Frames += int(u.Socket.Counted().FromClient.Frames + u.Socket.Counted().FromServer.Frames)
	}
	return c
}

// tshark reads it with tshark.
func tshark(t *testing.T, path string) counts {
	t.Helper()
	c := counts{Status: map[string]int{}}
	asked := map[string]bool{}
	for _, line := range fields(t, path, "http.request.method && http.upgrade", "frame.number", "http.response_in") {
		c.Upgrades++
		if _, in, ok := strings.Cut(line, "\t"); ok && in != "" {
			asked[in] = true
		}
	}
	for _, line := range fields(t, path, "http.response.code", "frame.number", "http.response.code") {
		number, code, _ := strings.Cut(line, "\t")
		if asked[number] || len(asked) == 0 && code == "101" {
			c.Status[code]++
		}
	}
	for _, line := range fields(t, path, "websocket", "websocket.opcode") {
		c.Frames += len(strings.FieldsFunc(line, func(r rune) bool { return r == ',' }))
	}
	return c
}

func fields(t *testing.T, path, filter string, names ...string) []string {
	t.Helper()
	args := []string{"-r", path, "-2", "-o", "tcp.reassemble_out_of_order:TRUE", "-Y", filter, "-T", "fields"}
	for _, n := range names {
		args = append(args, "-e", n)
	}
	out, err := exec.Command("tshark", args...).Output()
	if err != nil && len(out) == 0 {
		t.Logf("tshark %s: %v", filepath.Base(path), err)
	}
	return slices.DeleteFunc(strings.Split(string(out), "\n"), func(s string) bool { return s == "" })
}
