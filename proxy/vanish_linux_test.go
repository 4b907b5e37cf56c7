package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"why403/capture"
)

// TestClientVanishes: a client whose machine is gone sends no FIN. Keep-alive finds
// out, the gateway is told, and the record says that the socket broke.
func TestClientVanishes(t *testing.T) {
	if !namespaced(t) {
		return
	}
	command(t, "ip", "link", "set", "lo", "up")
	r := newRig(t, Options{})
	heard, ends := make(chan struct{}), make(chan error, 1)
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) {
		readHead(in)
		io.WriteString(conn, switching)
		in.ReadByte()
		close(heard)
		_, err := in.ReadByte()
		ends <- err
	})
	conn := r.connect(gw, false)
	defer conn.Close() // and not before, by the collector
	io.WriteString(conn, upgradeHead(gw))
	want(t, conn, switching)
	conn.Write([]byte{0x81}) // acknowledges what came: while something is not, there is no keep-alive
	<-heard
	r.hurryKeepAlive(t)
	_, port, _ := net.SplitHostPort(r.addr)
	command(t, "nft", fmt.Sprintf("table ip w { chain in { type filter hook input priority 0; tcp dport %s drop; }; }", port))
	t.Cleanup(func() { command(t, "nft", "flush ruleset") })
	if err := <-ends; !isReset(err) {
		t.Errorf("the gateway saw %v", err)
	}
	u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Socket.Closed.Seen() })
	if u.Socket.How != capture.Broken || u.Socket.EndedBy != capture.Client {
		t.Errorf("recorded end: %q by %q", u.Socket.How, u.Socket.EndedBy)
	}
}

// hurryKeepAlive checks that the clients' connections have keep-alive, and makes it
// take seconds in place of minutes.
func (r *rig) hurryKeepAlive(t *testing.T) {
	t.Helper()
	r.proxy.conns.mu.Lock()
	defer r.proxy.conns.mu.Unlock()
	for c := range r.proxy.conns.conns {
		s := end{tcp: c}.socket()
		raw, err := s.conn.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) {
			if on, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE); on != 1 || err != nil {
				t.Errorf("keep-alive is %d (%v)", on, err)
			}
		})
		s.conn.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 1})
	}
}
