package proxy

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// pair returns both ends of a TCP connection.
func pair(t *testing.T) (near, far *net.TCPConn) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		accepted.Close()
	})
	return conn.(*net.TCPConn), accepted.(*net.TCPConn)
}

// TestSocketIsLikeTCP holds a socket's reads and writes to what those of package net
// do: as many bytes and the same error, with the same words.
func TestSocketIsLikeTCP(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // more than the system buffers
	past := time.Unix(1, 0)
	for _, tt := range []struct {
		name string
		do   func(near net.Conn, far *net.TCPConn) (int, error)
	}{
		{"read", func(near net.Conn, far *net.TCPConn) (int, error) {
			far.Write([]byte("abc"))
			return near.Read(make([]byte, 8))
		}},
		{"read nothing", func(near net.Conn, far *net.TCPConn) (int, error) { return near.Read(nil) }},
		{"read what comes later", func(near net.Conn, far *net.TCPConn) (int, error) {
			time.AfterFunc(time.Millisecond, func() { far.Write([]byte("abc")) })
			return near.Read(make([]byte, 2))
		}},
		{"read after FIN", func(near net.Conn, far *net.TCPConn) (int, error) {
			far.CloseWrite()
			return near.Read(make([]byte, 8))
		}},
		{"read after RST", func(near net.Conn, far *net.TCPConn) (int, error) {
			far.SetLinger(0)
			far.Close()
			return near.Read(make([]byte, 8))
		}},
		{"read after the deadline", func(near net.Conn, far *net.TCPConn) (int, error) {
			near.SetReadDeadline(past)
			return near.Read(make([]byte, 8))
		}},
		{"read when closed meanwhile", func(near net.Conn, far *net.TCPConn) (int, error) {
			time.AfterFunc(time.Millisecond, func() { near.Close() })
			return near.Read(make([]byte, 8))
		}},
		{"write nothing", func(near net.Conn, far *net.TCPConn) (int, error) { return near.Write(nil) }},
		{"write to a slow reader", func(near net.Conn, far *net.TCPConn) (int, error) {
			read := make(chan []byte)
			go func() {
				b, _ := io.ReadAll(io.LimitReader(far, int64(len(large))))
				read <- b
			}()
			n, err := near.Write(large)
			if !bytes.Equal(<-read, large) {
				t.Error("other bytes arrived")
			}
			return n, err
		}},
		{"write after the deadline", func(near net.Conn, far *net.TCPConn) (int, error) {
			near.SetWriteDeadline(past)
			return near.Write([]byte("abc"))
		}},
		{"write to nobody who reads", func(near net.Conn, far *net.TCPConn) (int, error) {
			near.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
			n, err := near.Write(large)
			if n == 0 || n == len(large) {
				t.Errorf("%d bytes written", n)
			}
			return 0, err
		}},
		{"write after RST", func(near net.Conn, far *net.TCPConn) (int, error) {
			far.SetLinger(0)
			far.Close()
			near.Read(make([]byte, 8)) // it has arrived
			return near.Write([]byte("abc"))
		}},
		{"write when closed", func(near net.Conn, far *net.TCPConn) (int, error) {
			near.Close()
			return near.Write([]byte("abc"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			result := func(wrap func(net.Conn) net.Conn) (int, string, bool) {
				near, far := pair(t)
				n, err := tt.do(wrap(near), far)
				if err == nil {
					return n, "", false
				}
				ports := strings.NewReplacer(near.LocalAddr().String(), "near", near.RemoteAddr().String(), "far")
				return n, ports.Replace(err.Error()), isTimeout(err)
			}
			n, why, timeout := result(newSocket)
			wantN, wantWhy, wantTimeout := result(func(conn net.Conn) net.Conn { return conn })
			if n != wantN || why != wantWhy || timeout != wantTimeout {
				t.Errorf("%d, %q, timeout %t; package net says %d, %q, %t", n, why, timeout, wantN, wantWhy, wantTimeout)
			}
		})
	}
}
