package synth

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"why403/capture"
	"why403/capture/packet"
)

// Tap relays TCP connections and hands out the packets that a capture of the
// client's side of it would hold. Its methods are safe for concurrent use.
type Tap struct {
	ln     net.Listener
	target string
	emit   func(at capture.Instant, s *packet.Segment)

	mu    sync.Mutex // one packet at a time, in the order of time
	isn   uint32
	last  capture.Instant
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

// NewTap relays what connects to a free port of the loopback interface to target,
// until [Tap.Close].
func NewTap(target string, emit func(capture.Instant, *packet.Segment)) (*Tap, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &Tap{ln: ln, target: target, emit: emit, conns: map[net.Conn]bool{}, isn: 1 << 31}
	t.wg.Go(t.accept)
	return t, nil
}

// Addr is where the tap listens.
func (t *Tap) Addr() string { return t.ln.Addr().String() }

// Close ends all connections and waits for the relay to end.
func (t *Tap) Close() {
	t.ln.Close()
	t.mu.Lock()
	for c := range t.conns {
		c.Close()
	}
	t.mu.Unlock()
	t.wg.Wait()
}

func (t *Tap) accept() {
	for {
		client, err := t.ln.Accept()
		if err != nil {
			return
		}
		t.wg.Go(func() { t.relay(client) })
	}
}

func (t *Tap) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", t.target)
	if err != nil {
		return
	}
	defer server.Close()
	from := client.RemoteAddr().(*net.TCPAddr).AddrPort()
	to := client.LocalAddr().(*net.TCPAddr).AddrPort()
	var conv *Conversation
	t.locked(func(at capture.Instant) {
		t.conns[client], t.conns[server] = true, true
		t.isn += 0x01234567 // some wrap early
		conv = NewConversation(unmap(from), unmap(to), [2]uint32{t.isn, ^t.isn}, t.emit)
		conv.Open(at)
	})
	var both sync.WaitGroup
	both.Go(func() { t.pump(conv, Client, client, server) })
	both.Go(func() { t.pump(conv, Server, server, client) })
	both.Wait()
	t.locked(func(capture.Instant) {
		delete(t.conns, client)
		delete(t.conns, server)
	})
}

func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// pump relays one direction. Packets are made before the bytes go on, so that no
// answer precedes its request.
func (t *Tap) pump(conv *Conversation, side Side, from, to net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			t.locked(func(at capture.Instant) { conv.Send(side, at, buf[:n]) })
			if _, err := to.Write(buf[:n]); err != nil {
				from.(*net.TCPConn).SetLinger(0)
				from.Close()
				return
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, syscall.ECONNRESET):
			t.locked(func(at capture.Instant) { conv.Reset(side, at) })
			to.(*net.TCPConn).SetLinger(0)
			to.Close()
			return
		default:
			t.locked(func(at capture.Instant) { conv.End(side, at) })
			to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}

// locked calls f with the time, which never goes back.
func (t *Tap) locked(f func(at capture.Instant)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = max(t.last+1, capture.At(time.Now()))
	f(t.last)
}
