// Package packetlog writes what the proxy's sockets carry to a pcapng file, with
// the TLS secrets that open it (RFC 9850) in Decryption Secrets Blocks, so that
// Wireshark and "why403 pcap" read both legs.
//
// The bytes, their order within a direction, the addresses and the times are those
// of the proxy's reads and writes. The packets are made up around them: how TCP cut
// the stream, retransmissions, windows and delays in the network are not in the
// file. In return it takes no privileges and works on every platform. The time of
// what the proxy sent is when it handed the bytes to the system.
//
// Traffic never waits for the file: what the disk does not take in time is left
// out, as a gap in the stream, and counted ([Log.Dropped]).
package packetlog

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

const (
	maxEvents = 256 << 10 // that wait, for secrets or the disk
	maxQueued = 64 << 20  // bytes of them
)

// Log is a packet file that is being written. Its methods are safe for concurrent
// use.
type Log struct {
	file    io.WriteCloser
	events  chan event
	closing chan struct{} // closed when nothing has to wait any more
	done    chan struct{} // closed once everything is written
	queued  atomic.Int64  // bytes in events
	dropped atomic.Int64
	isn     atomic.Uint32

	mu      sync.Mutex
	secrets []byte // lines that are not written yet
	closed  bool

	patience time.Duration
	buf      *bufio.Writer
	out      *pcapfile.Writer
	raw      []byte // reused
	err      error  // the first of the file's; read after done
}

// Create makes the file, which must not exist; only its owner can read it.
// Application is what the file says wrote it.
func Create(path, application string) (*Log, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create packet file: %w", err)
	}
	return newLog(file, application, patience), nil
}

func newLog(file io.WriteCloser, application string, patience time.Duration) *Log {
	l := &Log{
		file: file, patience: patience,
		events: make(chan event, maxEvents), closing: make(chan struct{}), done: make(chan struct{}),
	}
	l.buf = bufio.NewWriterSize(file, 256<<10)
	l.out, l.err = pcapfile.NewWriter(l.buf, pcapfile.Raw, application)
	go l.write()
	return l
}

// Write takes lines of a key log. It never fails.
func (l *Log) Write(lines []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secrets = append(l.secrets, lines...)
	return len(lines), nil
}

// Open begins a TCP connection between two sockets.
func (l *Log) Open(client, server netip.AddrPort) *Wire {
	w := &Wire{log: l}
	isn := l.isn.Add(0x01234567)
	w.conversation = synth.NewConversation(client, server, [2]uint32{isn, ^isn}, l.packet)
	w.put(event{kind: opened})
	return w
}

// Dropped returns how many bytes were left out so far.
func (l *Log) Dropped() int64 { return l.dropped.Load() }

// Close writes what waits and closes the file. What connections carry after it is
// left out. It returns the first error that the file had.
func (l *Log) Close() error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.closing)
		close(l.events)
	}
	l.mu.Unlock()
	<-l.done
	if l.err != nil {
		return fmt.Errorf("write packet file: %w", l.err)
	}
	return nil
}

// enqueue reports whether there was room.
func (l *Log) enqueue(e event) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	select {
	case l.events <- e:
		return true
	default:
		return false
	}
}

func (l *Log) packet(at capture.Instant, s *packet.Segment) {
	l.raw = s.Append(l.raw[:0])
	l.keep(l.out.Packet(0, at, l.raw, len(l.raw)))
}

func (l *Log) keep(err error) {
	if l.err == nil {
		l.err = err
	}
}
