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

// said is what one end of a connection writes at once.
type said struct {
	side synth.Side
	b    []byte
}

// http2Talk is a token request and n upgrades over one connection (RFC 8441), a fifth of them
// refused with a 403, all streams open at once. A server may speak before the client.
func http2Talk(n int, first synth.Side) (talk []said) {
	ends := [2]*end2{newEnd2(), newEnd2()}
	send := func(side synth.Side) {
		talk = append(talk, said{side, bytes.Clone(ends[side].out.Bytes())})
		ends[side].out.Reset()
	}
	client, server := ends[synth.Client], ends[synth.Server]
	client.out.WriteString(http2.ClientPreface)
	client.fr.WriteSettings()
	server.fr.WriteSettings(http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: 1})
	send(first)
	send(1 - first)
	client.head(1, false, ":method", "POST", ":scheme", "https", ":path", "/oauth/token", ":authority", "gw.example", "content-type", "application/x-www-form-urlencoded")
	client.fr.WriteData(1, true, []byte("grant_type=client_credentials&client_id=load&client_secret=s3cr3t"))
	send(synth.Client)
	server.head(1, false, ":status", "200", "content-type", "application/json")
	server.fr.WriteData(1, true, []byte(`{"access_token":"an-opaque-token-of-some-length","token_type":"Bearer","expires_in":300}`))
	send(synth.Server)
	for i := range n {
		client.head(uint32(2*i+3), false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https",
			":path", fmt.Sprintf("/ws?n=%d", i), ":authority", "gw.example", "sec-websocket-version", "13")
		send(synth.Client)
	}
	for i := range n {
		id := uint32(2*i + 3)
		if i%5 == 0 {
			server.head(id, false, ":status", "403", "content-type", "text/plain")
			server.fr.WriteData(id, true, []byte("no"))
		} else {
			server.head(id, false, ":status", "200")
		}
		send(synth.Server)
	}
	for i := range n {
		if id := uint32(2*i + 3); i%5 != 0 {
			client.fr.WriteData(id, false, append([]byte("\x81\xfe\x01\x00\x00\x00\x00\x00"), bytes.Repeat([]byte("x"), 256)...))
			client.fr.WriteData(id, true, []byte("\x88\x82\x00\x00\x00\x00\x03\xe8"))
			send(synth.Client)
			server.fr.WriteData(id, false, append([]byte("\x81\x7e\x01\x00"), bytes.Repeat([]byte("y"), 256)...))
			server.fr.WriteData(id, true, []byte("\x88\x02\x03\xe8"))
			send(synth.Server)
		}
	}
	return talk
}

// inClear is a talk in segments of 200 bytes.
func inClear(talk []said) (packets []pcapfile.Packet) {
	conv := synth.NewConversation(netip.MustParseAddrPort("10.0.0.1:5000"), netip.MustParseAddrPort("10.0.0.2:80"), [2]uint32{1, 1<<32 - 5000},
		func(at capture.Instant, s *packet.Segment) {
			raw := s.Append(nil)
			packets = append(packets, pcapfile.Packet{Time: at, Link: pcapfile.Raw, Data: raw, Length: len(raw)})
		})
	at := capture.Instant(1e18)
	conv.Open(at)
	for _, s := range talk {
		for b := range slices.Chunk(s.b, 200) {
			at += 1e6
			conv.Send(s.side, at, b)
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
	for name, first := range map[string]synth.Side{"client first": synth.Client, "server first": synth.Server} {
		t.Run(name, func(t *testing.T) {
			packets := inClear(http2Talk(n, first))
			http2Whole(t, packets, nil, n)
			http2Damaged(t, packets, nil, n)
			for end := range packets {
				checkHTTP2(t, fmt.Sprintf("after %d packets", end), observe(t, packets[:end], nil, Options{}))
				checkHTTP2(t, fmt.Sprintf("from packet %d on", end), observe(t, packets[end:], nil, Options{}))
			}
		})
	}
}

// http2Whole reads the packets of a talk with all of them there.
func http2Whole(t *testing.T, packets []pcapfile.Packet, keys []byte, n int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	for name, damaged := range map[string][]pcapfile.Packet{
		"as it was": packets, "twice": twice(packets), "reordered": shuffled(rng, packets, 6), "both": shuffled(rng, twice(packets), 10),
	} {
		run := observe(t, damaged, keys, Options{})
		if got, want := outcomes(run), (map[capture.Outcome]int{capture.Accepted: n - n/5, capture.Refused: n / 5}); !maps.Equal(got, want) || len(run.Losses) != 0 {
			t.Errorf("%s: %v, losses %+v", name, got, run.Losses)
		}
		if r := run.TokenRequests; len(r) != 1 || r[0].Status != 200 || r[0].Issued == "" || r[0].ExpiresIn == 0 {
			t.Errorf("%s: token requests %+v", name, r)
		}
		for _, u := range run.Upgrades {
			if f := u.Socket.Counted(); u.Outcome == capture.Accepted && (f.FromClient.Frames != 2 || f.FromServer.Frames != 2 || u.Socket.CloseCode != 1000) {
				t.Errorf("%s: %s: %+v", name, u.Target, f)
			}
		}
	}
}

// http2Damaged reads them without some, cut, and out of order.
func http2Damaged(t *testing.T, packets []pcapfile.Packet, keys []byte, n int) {
	t.Helper()
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		kept := shuffled(rng, packets, int(seed%4))
		if seed%5 == 0 {
			kept = twice(kept)
		}
		if seed%3 == 0 {
			kept = snapped(kept, 60+rng.IntN(600))
		}
		kept = slices.DeleteFunc(kept, func(pcapfile.Packet) bool { return rng.IntN(25) == 0 })
		run := observe(t, kept, keys, Options{})
		checkHTTP2(t, fmt.Sprintf("seed %d", seed), run)
		if len(run.Upgrades) < n && len(run.Losses) == 0 {
			t.Errorf("seed %d: %d of %d attempts, and nothing is said to be missing", seed, len(run.Upgrades), n)
		}
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
		if s := u.Socket.Counted(); s.FromClient.Frames > 2 || s.FromServer.Frames > 2 {
			t.Errorf("%s: %s has %d and %d frames", name, u.Target, s.FromClient.Frames, s.FromServer.Frames)
		}
	}
	for _, r := range run.TokenRequests {
		if r.Status != 200 && r.Status != 0 {
			t.Errorf("%s: token request with status %d", name, r.Status)
		}
	}
}
