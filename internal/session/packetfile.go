package session

import (
	"io"
	"net/netip"

	"github.com/rs/zerolog"

	"why403/internal/packetlog"
	"why403/proxy"
)

// packetFile is the file of packets that a recording writes beside the run file, nil
// for none. What goes wrong with it is said, but does not spoil the recording.
type packetFile struct {
	path string
	log  *packetlog.Log
	say  zerolog.Logger
}

func createPacketFile(opt Options) (*packetFile, error) {
	if opt.Packets == "" {
		return nil, nil
	}
	log, err := packetlog.Create(opt.Packets, "why403 "+opt.Version)
	if err != nil {
		return nil, err
	}
	return &packetFile{path: opt.Packets, log: log, say: opt.Log}, nil
}

// attach lets the proxy's sockets and secrets be written to the file.
func (f *packetFile) attach(opt *proxy.Options) {
	if f == nil {
		return
	}
	opt.Wires = func(client, server netip.AddrPort) proxy.Wire { return f.log.Open(client, server) }
	if opt.KeyLog == nil {
		opt.KeyLog = f.log
	} else {
		opt.KeyLog = io.MultiWriter(opt.KeyLog, f.log)
	}
}

func (f *packetFile) close() {
	if f == nil {
		return
	}
	if err := f.log.Close(); err != nil {
		f.say.Warn().Err(err).Str("file", f.path).Msg("the packet file is not complete")
	}
	if n := f.log.Dropped(); n > 0 {
		f.say.Warn().Int64("bytes", n).Str("file", f.path).Msg("the disk was too slow: the packet file has gaps")
	}
}
