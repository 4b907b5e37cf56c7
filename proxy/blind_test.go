package proxy

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"why403/capture"
)

// TestBlind: hosts that were not asked for are tunnelled with the bytes as they
// are, TLS included, and counted.
func TestBlind(t *testing.T) {
	r := newRig(t, Options{Hosts: []string{"gw.test", "*.gw.test"}})
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) { io.Copy(conn, in) })
	for range 2 {
		conn := r.connect(gw, false)
		io.WriteString(conn, "\x16\x03\x01\x00\x0anot for us")
		want(t, conn, "\x16\x03\x01\x00\x0anot for us")
		finish(conn)
		wantEnd(t, conn)
	}
	r.stop()
	run, _ := r.sink.run()
	var lost int64
	for _, loss := range run.Losses {
		if loss.Kind == capture.LostBlind && strings.Contains(loss.Detail, "127.0.0.1") {
			lost += loss.Count
		}
	}
	if lost != 2 || len(r.ca.asked) != 0 {
		t.Errorf("losses %v, leafs made for %v", run.Losses, r.ca.asked)
	}
}

// TestNotHTTP: another protocol in a tunnel is relayed unread.
func TestNotHTTP(t *testing.T) {
	legs(t, func(t *testing.T, secure bool) {
		r := newRig(t, Options{})
		gw := r.gateway(secure, func(conn net.Conn, in *bufio.Reader) { io.Copy(conn, in) })
		conn := r.connect(gw, secure)
		io.WriteString(conn, "\x00\x01\x02\n\n")
		want(t, conn, "\x00\x01\x02\n\n")
		io.WriteString(conn, "more")
		want(t, conn, "more")
		r.sink.wait(t, "loss", func(run *capture.Run) bool { return len(run.Losses) == 1 && run.Losses[0].Kind == capture.LostParse })
	})
}

func TestDecrypts(t *testing.T) {
	for _, tt := range []struct {
		hosts string
		host  string
		want  bool
	}{
		{"", "any", true}, {"*", "any", true}, {"a.test", "A.test", true}, {"a.test", "a.test.", true}, {"a.test", "b.a.test", false},
		{"*.a.test", "b.a.test", true}, {"*.a.test", "a.test", false}, {"*.a.test", "ba.test", false}, {"x y *.a.test", "c.b.a.test", true},
	} {
		p := New(nil, nil, newSink(), Options{Hosts: strings.Fields(tt.hosts)})
		if got := p.decrypts(tt.host); got != tt.want {
			t.Errorf("hosts %q: decrypts(%q) = %v", tt.hosts, tt.host, got)
		}
	}
}
