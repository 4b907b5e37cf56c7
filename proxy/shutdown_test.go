package proxy

import (
	"bufio"
	"io"
	"net"
	"testing"

	"why403/capture"
)

// TestShutdown ends open sockets, and says that it was the proxy.
func TestShutdown(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) {
			readHead(in)
			io.WriteString(conn, switching)
			in.ReadByte()
		})
		conn := r.connect(gw, secure)
		io.WriteString(conn, upgradeHead(gw))
		want(t, conn, switching)
		r.stop()
		wantEnd(t, conn)
		u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Socket.Closed.Seen() })
		if u.Socket.How != capture.Shutdown || u.Socket.EndedBy != capture.Recorder {
			t.Errorf("ended by %q with %q", u.Socket.EndedBy, u.Socket.How)
		}
	})
}

// TestShutdownWaits for the answer to a pending upgrade.
func TestShutdownWaits(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{ShutdownGrace: patience}})
	asked, answer := make(chan struct{}), make(chan struct{})
	gw := r.gateway(true, func(conn net.Conn, in *bufio.Reader) {
		readHead(in)
		close(asked)
		<-answer
		io.WriteString(conn, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno")
		in.ReadByte()
	})
	conn := r.connect(gw, true)
	io.WriteString(conn, upgradeHead(gw))
	<-asked
	stopped := make(chan struct{})
	go func() {
		r.stop()
		close(stopped)
	}()
	for c, err := net.Dial("tcp", r.addr); err == nil; c, err = net.Dial("tcp", r.addr) {
		c.Close() // until the proxy has begun to stop
	}
	close(answer)
	want(t, conn, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno")
	<-stopped
}
