package packetlog

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/capture/tcp"
)

var (
	client = netip.MustParseAddrPort("192.0.2.1:40000")
	server = netip.MustParseAddrPort("192.0.2.2:443")
)

// streams collects what a packet file holds, by the port that sent it.
type streams struct {
	sent map[uint16][]byte
	gaps map[uint16]int64
	ends map[uint16]capture.Ending
}

type stream struct {
	all *streams
	c   *tcp.Conn
}

func (s stream) Data(d tcp.Dir, _ capture.Instant, b []byte) {
	port := s.c.Sides[d].Port
	s.all.sent[port] = append(s.all.sent[port], b...)
}
func (s stream) Gap(d tcp.Dir, _ capture.Instant, n int64, _ tcp.Cause) {
	s.all.gaps[s.c.Sides[d].Port] += n
}
func (s stream) End(d tcp.Dir, _ capture.Instant, how capture.Ending) {
	s.all.ends[s.c.Sides[d].Port] = how
}
func (stream) Close(capture.Instant, tcp.Reason) {}

func readBack(t *testing.T, file []byte) *streams {
	t.Helper()
	r, err := pcapfile.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := &streams{map[uint16][]byte{}, map[uint16]int64{}, map[uint16]capture.Ending{}}
	assembler := tcp.New(tcp.Options{}, func(c *tcp.Conn) tcp.Stream { return stream{all, c} })
	var decoder packet.Decoder
	var p pcapfile.Packet
	var s packet.Segment
	for {
		err := r.Next(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !decoder.Decode(&p, &s) {
			t.Fatalf("a packet is no TCP: %x", p.Data)
		}
		assembler.Segment(p.Time, &s)
	}
	assembler.Close()
	return all
}

func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcapng")
	l, err := Create(path, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, "test"); err == nil {
		t.Error("an existing file was taken")
	}
	w := l.Open(client, server)
	request := bytes.Repeat([]byte("request "), 10000)
	w.Carry(true, request)
	clear(request[:8]) // the log has its own copy
	w.Carry(false, []byte("response"))
	io.WriteString(l, "CLIENT_RANDOM 1 2\n")
	w.End(true)
	w.End(true)
	w.Break(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	w.Carry(true, []byte("late")) // must not panic
	if l.Dropped() != 4 {
		t.Errorf("%d bytes dropped", l.Dropped())
	}

	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := readBack(t, file)
	if got := string(all.sent[40000]); got != string(bytes.Repeat([]byte("request "), 10000)) {
		t.Errorf("the client sent %d bytes: %.20q …", len(got), got)
	}
	if got := string(all.sent[443]); got != "response" {
		t.Errorf("the server sent %q", got)
	}
	if all.ends[40000] != capture.FIN || all.ends[443] != capture.RST || len(all.gaps) > 0 {
		t.Errorf("ends %v, gaps %v", all.ends, all.gaps)
	}
	// Secrets stand before all packets that were waiting with them.
	if secrets := bytes.Index(file, []byte("CLIENT_RANDOM")); secrets < 0 || secrets > bytes.Index(file, []byte("request")) {
		t.Errorf("the secrets are at byte %d", secrets)
	}
}

// blocked is a file on a disk that takes nothing until it is told to.
type blocked struct {
	bytes.Buffer
	open chan struct{}
}

func (b *blocked) Write(p []byte) (int, error) { <-b.open; return b.Buffer.Write(p) }
func (b *blocked) Close() error                { return nil }

// TestSlowDisk carries more than the log may hold: nobody waits, and the file has
// gaps where bytes were left out.
func TestSlowDisk(t *testing.T) {
	file := &blocked{open: make(chan struct{})}
	l := newLog(file, "test", 0)
	w := l.Open(client, server)
	chunk := make([]byte, 1<<20)
	const chunks = maxQueued>>20 + 8
	for range chunks {
		w.Carry(false, chunk)
	}
	close(file.open)
	for l.queued.Load() > 0 {
		runtime.Gosched()
	}
	w.Carry(false, []byte("after"))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	all := readBack(t, file.Bytes())
	got := int64(len(all.sent[443])) + all.gaps[443]
	if l.Dropped() == 0 || got != chunks<<20+5 || all.gaps[443] != l.Dropped() {
		t.Errorf("%d bytes dropped, %d missing, %d in all", l.Dropped(), all.gaps[443], got)
	}
}
