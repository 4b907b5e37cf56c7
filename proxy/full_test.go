package proxy

import (
	"bufio"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"why403/capture"
)

// shortOf is a listener that has no descriptors for its first n clients.
type shortOf struct {
	net.Listener
	n int
}

func (l *shortOf) Accept() (net.Conn, error) {
	if l.n > 0 {
		l.n--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

// TestNoDescriptorsToAccept: accepting pauses and goes on, and the run says so. What
// was not accepted takes no place.
func TestNoDescriptorsToAccept(t *testing.T) {
	r := newRigOn(t, Options{Limits: Limits{Connections: 1}}, func(_ *rig, ln net.Listener) net.Listener { return &shortOf{ln, 2} })
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { io.Copy(conn, in) })
	conn := r.connect(gw, false)
	io.WriteString(conn, "\x00echo")
	want(t, conn, "\x00echo")
	r.sink.wait(t, "loss", func(run *capture.Run) bool {
		return len(run.Losses) > 0 && run.Losses[0].Kind == capture.LostRefused && strings.Contains(run.Losses[0].Detail, "descriptors")
	})
}

// TestConnectionsFull: with all the connections that descriptors allow, clients
// wait to be accepted, and what is open goes on.
func TestConnectionsFull(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{Connections: 1}})
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { io.Copy(conn, in) })
	first := r.connect(gw, false)
	io.WriteString(first, "\x00one")
	want(t, first, "\x00one")
	second := r.dial()
	io.WriteString(second, "CONNECT "+gw+" HTTP/1.1\r\n\r\n")
	r.sink.wait(t, "note", func(run *capture.Run) bool {
		return len(run.Notes) == 1 && strings.Contains(run.Notes[0].Text, "accepting pauses: 1 connections")
	})
	io.WriteString(first, "\x00two")
	want(t, first, "\x00two")
	if s := r.proxy.Stats(); s.Connections != 1 {
		t.Errorf("%d connections accepted, want 1", s.Connections)
	}
	first.Close()
	want(t, second, "HTTP/1.1 200 Connection established\r\n\r\n")
	second.Close()
}

// TestStopWhileFull: a proxy that waits for room stops when told to.
func TestStopWhileFull(t *testing.T) {
	r := newRig(t, Options{Limits: Limits{Connections: 1}})
	r.connect("127.0.0.1:1", false)
	r.stop()
}
