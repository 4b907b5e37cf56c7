package passive

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

// end2 writes one end's frames of HTTP/2.
type end2 struct {
	out, block bytes.Buffer
	enc        *hpack.Encoder
	fr         *http2.Framer
}

func newEnd2() *end2 {
	e := &end2{}
	e.enc, e.fr = hpack.NewEncoder(&e.block), http2.NewFramer(&e.out, nil)
	return e
}

func (e *end2) head(stream uint32, end bool, pairs ...string) {
	e.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		e.enc.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	e.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: e.block.Bytes(), EndHeaders: true, EndStream: end})
}

// http2Load is n upgrades over one connection (RFC 8441), a fifth of them refused with a
// 403, all streams open at once, in segments of 200 bytes.
func http2Load(n int) (packets []pcapfile.Packet) {
	conv := synth.NewConversation(netip.MustParseAddrPort("10.0.0.1:5000"), netip.MustParseAddrPort("10.0.0.2:80"), [2]uint32{1, 1<<32 - 5000},
		func(at capture.Instant, s *packet.Segment) {
			raw := s.Append(nil)
			packets = append(packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
		})
	at := capture.Instant(1e18)
	conv.Open(at)
	ends := [2]*end2{newEnd2(), newEnd2()}
	send := func(side synth.Side) {
		for b := ends[side].out.Next(200); len(b) > 0; b = ends[side].out.Next(200) {
			at += 1e6
			conv.Send(side, at, b)
		}
	}
	client, server := ends[synth.Client], ends[synth.Server]
	client.out.WriteString(http2.ClientPreface)
	client.fr.WriteSettings()
	send(synth.Client)
	server.fr.WriteSettings(http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: 1})
	send(synth.Server)
	for i := range n {
		client.head(uint32(2*i+1), false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https",
			":path", fmt.Sprintf("/ws?n=%d", i), ":authority", "gw.example", "sec-websocket-version", "13")
		send(synth.Client)
	}
	for i := range n {
		id := uint32(2*i + 1)
		if i%5 == 0 {
			server.head(id, false, ":status", "403", "content-type", "text/plain")
			server.fr.WriteData(id, true, []byte("no"))
		} else {
			server.head(id, false, ":status", "200")
		}
		send(synth.Server)
	}
	for i := range n {
		if id := uint32(2*i + 1); i%5 != 0 {
			client.fr.WriteData(id, false, append([]byte("\x81\xfe\x01\x00\x00\x00\x00\x00"), bytes.Repeat([]byte("x"), 256)...))
			client.fr.WriteData(id, true, []byte("\x88\x82\x00\x00\x00\x00\x03\xe8"))
			send(synth.Client)
			server.fr.WriteData(id, false, append([]byte("\x81\x7e\x01\x00"), bytes.Repeat([]byte("y"), 256)...))
			server.fr.WriteData(id, true, []byte("\x88\x02\x03\xe8"))
			send(synth.Server)
		}
	}
	conv.End(synth.Client, at+1e6)
	conv.End(synth.Server, at+2e6)
	return packets
}

// TestHTTP2Load reads upgrades over HTTP/2 exactly as long as no packet is missing, and says
// nothing that is not so if some are.
func TestHTTP2Load(t *testing.T) {
	const n = 20
	packets := http2Load(n)
	rng := rand.New(rand.NewPCG(1, 2))
	for name, damaged := range map[string][]pcapfile.Packet{
		"as it was": packets, "twice": twice(packets), "reordered": shuffled(rng, packets, 6), "both": shuffled(rng, twice(packets), 10),
	} {
		run := observe(t, damaged, nil, Options{})
		if got, want := outcomes(run), (map[capture.Outcome]int{capture.Accepted: n - n/5, capture.Refused: n / 5}); !maps.Equal(got, want) || len(run.Losses) != 0 {
			t.Errorf("%s: %v, losses %+v", name, got, run.Losses)
		}
		for _, u := range run.Upgrades {
			if s := &u.Socket; u.Outcome == capture.Accepted && (s.FromClient.Frames != 2 || s.FromServer.Frames != 2 || s.CloseCode != 1000) {
				t.Errorf("%s: %s: %+v", name, u.Target, s)
			}
		}
	}
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		kept := slices.DeleteFunc(shuffled(rng, packets, int(seed%4)), func(pcapfile.Packet) bool { return rng.IntN(25) == 0 })
		run := observe(t, kept, nil, Options{})
		checkHTTP2(t, fmt.Sprintf("seed %d", seed), run)
		if len(run.Upgrades) < n && len(run.Losses) == 0 {
			t.Errorf("seed %d: %d of %d attempts, and nothing is said to be missing", seed, len(run.Upgrades), n)
		}
	}
	for end := range packets {
		checkHTTP2(t, fmt.Sprintf("after %d packets", end), observe(t, packets[:end], nil, Options{}))
		checkHTTP2(t, fmt.Sprintf("from packet %d on", end), observe(t, packets[end:], nil, Options{}))
	}
}

// checkHTTP2 compares what is known of each attempt with what it was.
func checkHTTP2(t *testing.T, name string, run *capture.Run) {
	t.Helper()
	for _, u := range run.Upgrades {
		var i int
		if _, err := fmt.Sscanf(u.Target, "/ws?n=%d", &i); err != nil {
			t.Errorf("%s: target %q", name, u.Target)
		}
		want := capture.Accepted
		if i%5 == 0 {
			want = capture.Refused
		}
		if u.Outcome != want && u.Outcome != capture.Pending {
			t.Errorf("%s: %s is %q (%s)", name, u.Target, u.Outcome, u.Failure)
		}
	}
}
