package export

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"why403/capture"
	"why403/capture/passive"
	"why403/capture/pcapfile"
	"why403/capture/token"
)

// conversations is a run of an accepted socket closed by the client, a refusal with its
// body, a refusal in band, an attempt without an answer and a second on one connection.
func conversations() *capture.Run {
	const head = "GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	const yes = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	const no = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n"
	var c capture.Collector
	put := func(conn, exchange int64, u capture.Upgrade) {
		sent := start.Add(time.Duration(10*conn+exchange) * time.Second)
		u.Conn, u.Exchange, u.RequestHead = conn, exchange, capture.Head(head).Keep()
		u.Client = netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(5000+conn))
		u.Server = netip.MustParseAddrPort("10.0.0.2:443")
		u.Phases.RequestSent = sent
		if u.Status != 0 {
			u.Phases.ResponseFirst, u.Phases.ResponseHead = sent.Add(time.Millisecond), sent.Add(time.Millisecond)
		}
		c.Put(u)
	}
	socket := func(by capture.Side, how capture.Ending, code int) capture.Socket {
		return capture.Socket{Opened: start, EndedBy: by, How: how, CloseCode: code, CloseReason: "why",
			Closing: start.Add(time.Hour), Closed: start.Add(time.Hour + time.Second)}
	}
	put(1, 1, capture.Upgrade{Outcome: capture.Accepted, Status: 101, ResponseHead: capture.Head(yes).Keep(), Socket: socket(capture.Client, capture.CloseFrame, 1000)})
	put(2, 1, capture.Upgrade{Outcome: capture.Refused, Status: 403, ResponseHead: capture.Head(no).Keep(), Body: []byte("no")})
	put(2, 2, capture.Upgrade{Outcome: capture.Refused, Status: 403, ResponseHead: capture.Head(no).Keep(), Body: []byte("no")})
	put(3, 1, capture.Upgrade{Outcome: capture.Accepted, Status: 101, ResponseHead: capture.Head(yes).Keep(), Socket: socket(capture.Gateway, capture.CloseFrame, 1013)})
	put(4, 1, capture.Upgrade{Outcome: capture.Dropped})
	put(5, 1, capture.Upgrade{Outcome: capture.Pending})
	put(6, 1, capture.Upgrade{Outcome: capture.Accepted, Status: 101, ResponseHead: capture.Head(yes).Keep(), Socket: capture.Socket{Opened: start, EndedBy: capture.Gateway, How: capture.RST, Closed: start.Add(time.Hour)}})
	return c.Run(capture.Meta{Version: "test"})
}

// TestPacketsReadBack reads the packets as those of any capture: the attempts are the
// same.
func TestPacketsReadBack(t *testing.T) {
	run := conversations()
	var file bytes.Buffer
	if err := Packets(&file, run); err != nil {
		t.Fatal(err)
	}
	var c capture.Collector
	o := passive.New(passive.Options{}, token.NewKeeper(make([]byte, 32)), c.Put)
	r, err := pcapfile.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	for p := new(pcapfile.Packet); r.Next(p) == nil; {
		o.Packet(p)
	}
	o.Close()
	back := c.Run(capture.Meta{})
	if len(back.Losses) != 0 || len(back.Upgrades) != len(run.Upgrades) {
		t.Fatalf("%d of %d attempts came back, losses %+v", len(back.Upgrades), len(run.Upgrades), back.Losses)
	}
	for i, u := range run.Upgrades {
		if got, want := describe(back.Upgrades[i]), describe(u); got != want {
			t.Errorf("connection %d:\ngot  %s\nwant %s", u.Conn, got, want)
		}
	}
}

func describe(u *capture.Upgrade) string {
	s := &u.Socket
	return fmt.Sprint(u.Outcome, u.Status, u.Client, u.Phases.RequestSent, u.Phases.ResponseHead, string(u.Body), s.EndedBy, s.How, s.CloseCode, s.CloseReason, s.Closing, s.Closed)
}

// TestTsharkReadsPackets opens the packets with Wireshark's own reader.
func TestTsharkReadsPackets(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("needs tshark")
	}
	path := filepath.Join(t.TempDir(), "run.pcapng")
	var file bytes.Buffer
	if err := Packets(&file, conversations()); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(path, file.Bytes(), 0o600)
	out, err := exec.Command("tshark", "-r", path, "-Y", "http.response.code || websocket", "-T", "fields", "-e", "http.response.code", "-e", "websocket.payload.close.status_code").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(strings.Fields(string(out)), " "), "101 403 403 101 101 1000 1013"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	out, _ = exec.Command("tshark", "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", "tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0").Output()
	if len(out) > 0 {
		t.Errorf("tshark doubts packets:\n%s", out)
	}
}
