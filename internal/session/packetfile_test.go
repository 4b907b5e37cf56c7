package session

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"why403/capture"
	"why403/internal/sim"
	"why403/proxy"
)

// besideProxy is where the gateway listens where tshark is tried: on another address
// than the proxy. Inside a CONNECT tshark looks conversations up by the proxy's address
// and the port asked for, so one address for both would let it take the client's
// connection for the proxy's onward one whenever the system gave both the same port.
var besideProxy = map[bool]string{true: "127.0.0.2:0", false: "127.0.0.1:0"}[runtime.GOOS == "linux"]

// TestPacketFileAgrees reads the packet file that the proxy writes, which needs no
// key log beside it, and compares it with the run.
func TestPacketFileAgrees(t *testing.T) {
	for name, plain := range map[string]bool{"ws": true, "wss": false} {
		t.Run(name, func(t *testing.T) { agree(t, func() [2]*capture.Run { return recordWithPackets(t, plain) }) })
	}
}

// recordWithPackets runs a load through a proxy that writes its packets, too.
func recordWithPackets(t *testing.T, plain bool) [2]*capture.Run {
	t.Helper()
	dir := t.TempDir()
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Addr: besideProxy, Names: []string{"127.0.0.2"}, Plain: plain, Cap: 4, RequireToken: true, TokenLife: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	authority, cleanup, err := Ephemeral([]string{"127.0.0.1", "127.0.0.2"})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	var keys bytes.Buffer
	packets := filepath.Join(dir, "packets.pcapng")
	s, err := Start(Options{Run: filepath.Join(dir, "proxy.db"), Packets: packets, Leafs: authority, Log: zerolog.Nop(),
		Proxy: proxy.Options{Roots: gw.Roots(), KeyLog: &keys}})
	if err != nil {
		t.Fatal(err)
	}
	load(t.Context(), t, gw, s.Addr().String(), gw.Addr().String(), roots(t, authority.CertPath()))
	atRest(t, s)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if !plain && keys.Len() == 0 {
		t.Error("the key log got nothing beside the packet file")
	}
	run, err := ReadPackets(t.Context(), PacketOptions{Files: []string{packets}})
	if err != nil {
		t.Fatal(err)
	}
	inside := "tls"
	if plain {
		inside = "http"
	}
	wantTshark(t, packets, run, decodeAs(s.Addr(), "http"), decodeAs(gw.Addr(), inside))
	return [2]*capture.Run{opened(t, filepath.Join(dir, "proxy.db")), run}
}

// decodeAs tells tshark what is spoken at an address: the port that the system picked
// may be another protocol's.
func decodeAs(addr net.Addr, protocol string) string {
	return fmt.Sprintf("tcp.port==%d,%s", addr.(*net.TCPAddr).Port, protocol)
}

// wantTshark fails unless tshark finds each refusal on both legs, in one pass.
func wantTshark(t *testing.T, packets string, run *capture.Run, decode ...string) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Log("no tshark to compare with")
		return
	}
	want := 0
	for _, u := range run.Upgrades {
		if u.Status == 403 {
			want += 2
		}
	}
	args := []string{"-r", packets, "-Y", "http.response.code == 403", "-T", "fields", "-e", "tcp.stream"}
	for _, d := range decode {
		args = append(args, "-d", d)
	}
	cmd := exec.Command("tshark", args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir()) // no preferences of the user's
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(out, []byte("\n")); got != want {
		t.Errorf("tshark finds %d refusals, want %d", got, want)
	}
}
