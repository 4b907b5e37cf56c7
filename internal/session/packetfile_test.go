package session

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"why403/capture"
	"why403/internal/sim"
	"why403/proxy"
)

// TestPacketFileAgrees reads the packet file that the proxy writes, which needs no
// key log beside it, and compares it with the run.
func TestPacketFileAgrees(t *testing.T) {
	for name, plain := range map[string]bool{"ws": true, "wss": false} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Plain: plain, Cap: 4, RequireToken: true, TokenLife: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			defer gw.Close()
			authority, cleanup, err := Ephemeral([]string{"127.0.0.1"})
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
			compareRuns(t, [2]*capture.Run{opened(t, filepath.Join(dir, "proxy.db")), run})
			legs := 2
			if plain {
				legs = 1 // tshark does not look for HTTP inside a CONNECT without TLS
			}
			wantTshark(t, packets, run, legs)
		})
	}
}

// wantTshark fails unless tshark finds each refusal on so many legs, in one pass. It
// must not go by port numbers: some that the system picks are those of a protocol.
func wantTshark(t *testing.T, packets string, run *capture.Run, legs int) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Log("no tshark to compare with")
		return
	}
	want := 0
	for _, u := range run.Upgrades {
		if u.Status == 403 {
			want += legs
		}
	}
	cmd := exec.Command("tshark", "-r", packets, "-o", "tcp.try_heuristic_first:TRUE", "-Y", "http.response.code == 403", "-T", "fields", "-e", "tcp.stream")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir()) // no preferences of the user's
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(out, []byte("\n")); got != want {
		t.Errorf("tshark finds %d refusals, want %d", got, want)
	}
}
