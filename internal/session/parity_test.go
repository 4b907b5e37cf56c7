package session

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/capture/runfile"
	"why403/internal/sim"
	"why403/internal/synth"
	"why403/proxy"
)

// TestProxyAndPacketsAgree records one load with the proxy and, on both of its sides,
// as packets. The two runs hold the same attempts, tokens and sockets, at times that
// differ by less than the machine took to hand them on.
func TestProxyAndPacketsAgree(t *testing.T) {
	for name, plain := range map[string]bool{"ws": true, "wss": false} {
		t.Run(name, func(t *testing.T) { agree(t, func() [2]*capture.Run { return recordTwice(t, plain) }) })
	}
}

// bothSides is a capture of a proxy's two sides.
type bothSides struct {
	mu   sync.Mutex
	file bytes.Buffer
	w    *pcapfile.Writer
	keys bytes.Buffer
}

func (b *bothSides) add(at capture.Instant, s *packet.Segment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	raw := s.Append(nil)
	b.w.Packet(0, at, raw, len(raw))
}

func (b *bothSides) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.keys.Write(p)
}

// recordTwice runs a load through a tap, the proxy, another tap and the gateway.
func recordTwice(t *testing.T, plain bool) (runs [2]*capture.Run) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	gw, err := sim.StartGateway(ctx, sim.GatewayOptions{Plain: plain, Cap: 4, RequireToken: true, TokenLife: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	var both bothSides
	both.w, _ = pcapfile.NewWriter(&both.file, pcapfile.Raw, "test")
	behind, err := synth.NewTap(gw.Addr().String(), both.add)
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close()
	authority, cleanup, err := Ephemeral([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	s, err := Start(Options{Run: filepath.Join(dir, "proxy.db"), Leafs: authority, Log: zerolog.Nop(),
		Proxy: proxy.Options{Roots: gw.Roots(), KeyLog: &both}})
	if err != nil {
		t.Fatal(err)
	}
	before, err := synth.NewTap(s.Addr().String(), both.add)
	if err != nil {
		t.Fatal(err)
	}
	load(ctx, t, gw, before.Addr(), behind.Addr(), roots(t, authority.CertPath()))
	atRest(t, s)
	before.Close()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	behind.Close()
	runs = [2]*capture.Run{opened(t, filepath.Join(dir, "proxy.db")), both.read(t, dir)}
	both.readClientsSide(t, dir, before.Addr(), len(runs[0].Upgrades))
	return runs
}

// atRest waits until the proxy has seen the last of every connection: what ends a
// moment before the recording does need not be in both.
func atRest(t *testing.T, s *Session) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		if n := s.Proxy.Stats(); n.Open == 0 && n.Pending == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still at work: %+v", s.Proxy.Stats())
		}
	}
}

func roots(t *testing.T, path string) *x509.CertPool {
	pem, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pool
}

func load(ctx context.Context, t *testing.T, gw *sim.Gateway, proxy, gateway string, roots *x509.CertPool) {
	t.Helper()
	via := func(raw string) string {
		u, _ := url.Parse(raw)
		u.Host = gateway
		return u.String()
	}
	// Where the machine does much else, sockets are over before there are enough at a time.
	for hold := 20 * time.Millisecond; hold < time.Second; hold *= 3 {
		report, err := sim.Load{
			URL: via(gw.URL()), Proxy: &url.URL{Scheme: "http", Host: proxy}, Roots: roots,
			Threads: 8, Loops: 3, Hold: sim.Span{Min: hold, Max: hold * 3 / 2}, Ping: 8 * time.Millisecond,
			TokenMode: sim.TokenThread, TokenURL: via(gw.TokenURL()),
		}.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if report.Status[101] > 0 && report.Status[403] > 0 {
			return
		}
	}
	t.Fatal("no load has refusals to compare")
}

func opened(t *testing.T, path string) *capture.Run {
	run, err := runfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// read reads the packets as the command does.
func (b *bothSides) read(t *testing.T, dir string) *capture.Run {
	t.Helper()
	path, keys := filepath.Join(dir, "packets.pcapng"), filepath.Join(dir, "keys.txt")
	os.WriteFile(path, b.file.Bytes(), 0o600)
	opt := PacketOptions{Files: []string{path}}
	if b.keys.Len() > 0 {
		os.WriteFile(keys, b.keys.Bytes(), 0o600)
		opt.KeyLogs = []string{keys}
	}
	run, err := ReadPackets(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.CheckValid(); err != nil {
		t.Error(err)
	}
	return run
}

// readClientsSide reads only what went between the load and the proxy: the same attempts,
// of which the gateway's side is not known, kept in a file and read again.
func (b *bothSides) readClientsSide(t *testing.T, dir, proxy string, want int) {
	t.Helper()
	opt := PacketOptions{Files: []string{filepath.Join(dir, "packets.pcapng")}, Run: filepath.Join(dir, "client.db")}
	if b.keys.Len() > 0 {
		opt.KeyLogs = []string{filepath.Join(dir, "keys.txt")}
	}
	opt.Ports = []uint16{netip.MustParseAddrPort(proxy).Port()}
	if _, err := ReadPackets(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	run := opened(t, opt.Run)
	if len(run.Upgrades) != want {
		t.Errorf("%d attempts on the client's side, %d by the proxy", len(run.Upgrades), want)
	}
	for _, u := range run.Upgrades {
		if !u.Client.IsValid() || u.Source.IsValid() || u.Server.IsValid() || !u.Phases.ConnectAnswered.Seen() {
			t.Errorf("connection %d: from %v by %v to %v, CONNECT answered at %d", u.Conn, u.Client, u.Source, u.Server, u.Phases.ConnectAnswered)
		}
	}
}

// tolerance is how far the two may differ in time: a tap stamps a packet when it relays
// it, the proxy when it has read it. A machine with much other work takes longer for both
// and for the load, which takes half a second by itself.
func tolerance(run *capture.Run) time.Duration {
	return max(250*time.Millisecond, run.Duration()/4)
}

// loads is how many may differ in nothing but their times, which a machine with much other
// work may let happen a second apart.
const loads = 4

// agree fails unless both runs of each load hold the same, at the same times in one of them.
func agree(t *testing.T, record func() [2]*capture.Run) {
	t.Helper()
	var apart string
	for range loads {
		runs := record()
		if compareRuns(t, runs); t.Failed() {
			return
		}
		if apart = differences(runs, within(tolerance(runs[0]))); apart == "" {
			return
		}
	}
	t.Errorf("at other times (-proxy +packets) in each of %d loads, in the last:\n%s", loads, apart)
}

// compareRuns fails unless two runs hold the same but for times.
func compareRuns(t *testing.T, runs [2]*capture.Run) {
	t.Helper()
	byProxy, byPackets := runs[0], runs[1]
	if len(byPackets.Losses) != 0 {
		t.Errorf("losses of the packets: %+v", byPackets.Losses)
	}
	if a, b := len(byProxy.Upgrades), len(byPackets.Upgrades); a != b {
		t.Fatalf("%d attempts by the proxy, %d by packets", a, b)
	}
	if a, b := len(byProxy.TokenRequests), len(byPackets.TokenRequests); a != b {
		t.Errorf("%d token requests by the proxy, %d by packets", a, b)
	}
	if diff := cmp.Diff(claims(byProxy), claims(byPackets)); diff != "" {
		t.Errorf("tokens (-proxy +packets):\n%s", diff)
	}
	if diff := differences(runs, seenAlike); diff != "" {
		t.Errorf("-proxy +packets:\n%s", diff)
	}
}

// differences compares the attempts of two runs.
func differences(runs [2]*capture.Run, as cmp.Option) string {
	var list strings.Builder
	byKey := map[string]*capture.Upgrade{}
	for _, u := range runs[1].Upgrades {
		key, _ := u.RequestHead.Get("Sec-WebSocket-Key")
		byKey[key] = u
	}
	for _, p := range runs[0].Upgrades {
		key, _ := p.RequestHead.Get("Sec-WebSocket-Key")
		if q := byKey[key]; q == nil {
			fmt.Fprintf(&list, "connection %d is not among the packets\n", p.Conn)
		} else if diff := cmp.Diff(comparable(p), comparable(q), as, cmpopts.EquateEmpty()); diff != "" {
			fmt.Fprintf(&list, "connection %d:\n%s", p.Conn, diff)
		} else if n := p.Socket.Counted().Pings - q.Socket.Counted().Pings; n < -1 || n > 1 { // one may cross the end
			fmt.Fprintf(&list, "connection %d: %d pings by the proxy, %d by packets\n", p.Conn, p.Socket.Counted().Pings, q.Socket.Counted().Pings)
		}
	}
	return list.String()
}

// claims are the tokens of a run without what depends on its key.
func claims(run *capture.Run) []string {
	var list []string
	for _, t := range run.Tokens {
		list = append(list, string(t.Kind)+" "+t.Claims)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// seenAlike compares times by whether they were seen.
var seenAlike = cmp.Comparer(func(a, b capture.Instant) bool { return a.Seen() == b.Seen() })

func within(tolerance time.Duration) cmp.Option {
	return cmp.Comparer(func(a, b capture.Instant) bool {
		return a.Seen() == b.Seen() && max(a.Sub(b), b.Sub(a)) < tolerance
	})
}

// comparable is what the two sources must agree on: not the fingerprints, which have
// a key for each run, nor addresses and look-ups, which only one of them sees.
func comparable(u *capture.Upgrade) map[string]any {
	s, p, f := u.Socket, u.Phases, u.Socket.Counted()
	places := map[string]int{}
	for _, c := range u.Credentials {
		places[c.Place+" "+c.Scheme]++
	}
	return map[string]any{
		"outcome": u.Outcome, "status": u.Status, "scheme": u.Scheme, "host": u.Host, "authority": u.Authority,
		"target": u.Target, "answer": u.ResponseHead, "body": string(u.Body), "body bytes": u.BodyBytes,
		"credentials": maps.Clone(places), "oddities": u.Oddities, "tls": u.ServerTLS != nil, "client tls": u.ClientTLS != nil,
		"frames": [4]int64{f.FromClient.Frames, f.FromClient.Bytes, f.FromServer.Frames, f.FromServer.Bytes},
		"close":  s.CloseCode, "ended by": s.EndedBy, "how": s.How,
		"opened": s.Opened, "closing": s.Closing, "closed": s.Closed,
		"request": p.RequestSent, "response": p.ResponseFirst, "response head": p.ResponseHead, "dialed": p.Dialed,
		"connect": p.ConnectRead, "answered": p.ConnectAnswered, "hello": p.ClientHello, "client secured": p.ClientSecured, "secured": p.Secured,
	}
}
