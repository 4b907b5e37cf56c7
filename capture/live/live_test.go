//go:build linux

package live

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"testing"
	"time"

	"why403/capture"
	"why403/capture/passive"
	"why403/capture/pcapfile"
	"why403/capture/token"
)

// TestLoopback captures upgrades on the loopback interface, by its name or among all: each
// once, though the kernel shows every packet twice.
func TestLoopback(t *testing.T) {
	for _, name := range []string{"lo", Any} {
		t.Run(name, func(t *testing.T) { loopback(t, name) })
	}
}

func loopback(t *testing.T, name string) {
	gw := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) }))
	defer gw.Close()
	addr := gw.Listener.Addr().(*net.TCPAddr).AddrPort()
	s, err := Open([]string{name}, Options{Ports: []uint16{addr.Port()}, Hosts: []netip.Addr{addr.Addr()}})
	if errors.Is(err, os.ErrPermission) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = 20
	for range n {
		askForSocket(t, gw.URL)
	}
	gw.CloseClientConnections()
	run := readAll(t, s)
	if len(run.Upgrades) != n || s.Dropped() != 0 || len(run.Notes) != 0 {
		t.Errorf("%d upgrades, %d packets dropped, losses %+v, notes %+v", len(run.Upgrades), s.Dropped(), run.Losses, run.Notes)
	}
	for _, u := range run.Upgrades {
		if u.Status != 403 || u.Server != addr {
			t.Errorf("status %d of %v", u.Status, u.Server)
		}
	}
}

// askForSocket asks for a WebSocket.
func askForSocket(t *testing.T, url string) {
	t.Helper()
	req, _ := http.NewRequest("GET", url+"/ws", nil)
	req.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}

// readAll reads a capture until nothing comes.
func readAll(t *testing.T, s *Source) *capture.Run {
	t.Helper()
	var c capture.Collector
	o := passive.New(passive.Options{}, token.NewKeeper(make([]byte, 32)), c.Put)
	for p := new(pcapfile.Packet); ; {
		err := s.Next(p)
		if err == ErrIdle {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		o.Packet(p)
	}
	o.Close()
	return c.Run(capture.Meta{})
}

// TestNothingUnfiltered opens captures while what they do not want passes: none of it comes,
// also of what passed before the filter was set.
func TestNothingUnfiltered(t *testing.T) {
	sink, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	from, err := net.Dial("udp", sink.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	over, done := make(chan struct{}), make(chan struct{})
	defer func() { close(over); <-done; from.Close() }()
	go func() {
		defer close(done)
		for tick := time.NewTicker(20 * time.Microsecond); ; <-tick.C {
			from.Write([]byte("x"))
			select {
			case <-over:
				tick.Stop()
				return
			default:
			}
		}
	}()
	unused := sink.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	for range 5 {
		s, err := Open([]string{"lo"}, Options{Ports: []uint16{unused}}) // of TCP
		if errors.Is(err, os.ErrPermission) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Next(new(pcapfile.Packet)); err != ErrIdle {
			t.Errorf("a packet that nobody asked for, %v", err)
		}
		s.Close()
	}
}

func TestOpenFails(t *testing.T) {
	if _, err := Open([]string{"no-such-interface"}, Options{}); err == nil || errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
}
