package live

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gopacket/gopacket/afpacket"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"why403/capture"
	"why403/capture/pcapfile"
)

// The ring: 16 MiB lost nothing of a load of 134,000 packets in a few seconds. Frames
// have room for what offloading makes of segments on a loopback interface.
const (
	blockSize = 1 << 20
	blocks    = 16
	frameSize = 64 << 10
	pollEvery = 200 * time.Millisecond
)

// Source is a capture in progress. It is not safe for concurrent use.
type Source struct {
	ring   *afpacket.TPacket
	link   pcapfile.LinkType
	number int64
	from   time.Time // what came earlier may have passed before the filter was set; zero once a packet came
}

// settling is how long a packet may still be on its way past a filter that was set.
const settling = time.Millisecond

// Open begins a capture of interfaces, or of all if [Any] is among their names.
func Open(names []string, opt Options) (*Source, error) {
	s, err := open(names, opt)
	if errors.Is(err, os.ErrPermission) {
		err = fmt.Errorf("%w: capturing needs root or the capability CAP_NET_RAW", err)
	}
	if err != nil {
		return nil, fmt.Errorf("capture from interface %s: %w", strings.Join(names, ", "), err)
	}
	return s, nil
}

func open(names []string, opt Options) (*Source, error) {
	s, how, program, err := describe(names, opt)
	if err != nil {
		return nil, err
	}
	s.ring, err = afpacket.NewTPacket(append(how, afpacket.TPacketVersion3,
		afpacket.OptFrameSize(frameSize), afpacket.OptBlockSize(blockSize), afpacket.OptNumBlocks(blocks),
		afpacket.OptPollTimeout(pollEvery))...)
	if err != nil {
		return nil, err
	}
	raw, err := bpf.Assemble(program)
	if err == nil {
		err = s.ring.SetBPF(raw)
	}
	if err != nil {
		s.ring.Close()
		return nil, fmt.Errorf("set filter: %w", err)
	}
	time.Sleep(settling)
	s.from = time.Now()
	return s, s.ring.InitSocketStats()
}

// describe returns how to open interfaces, and what to take from them. Several are one ring of
// all that leaves the others, so that packets come in the order in which the kernel saw them.
func describe(names []string, opt Options) (s *Source, how []any, program []bpf.Instruction, err error) {
	interfaces, err := find(names)
	if err != nil {
		return nil, nil, nil, err
	}
	all := slices.Contains(names, Any)
	if !all && len(interfaces) > 1 {
		program = among(interfaces)
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagLoopback != 0 {
			program = append(program, incoming(i.Index)...)
		}
	}
	if all || len(interfaces) > 1 { // without link layers, which differ
		return &Source{link: pcapfile.Raw}, []any{afpacket.SocketDgram}, append(program, filter(opt, 0)...), nil
	}
	name := interfaces[0].Name
	s = &Source{link: linkOf(name)}
	ip := uint32(14)
	if s.link != pcapfile.Ethernet {
		ip = 0
	}
	return s, []any{afpacket.OptInterface(name)}, append(program, filter(opt, ip)...), nil
}

// maxInterfaces is how many a filter can name.
const maxInterfaces = 64

// find returns the interfaces of those names, each once, all of them for [Any].
func find(names []string) (list []net.Interface, err error) {
	if slices.Contains(names, Any) {
		return net.Interfaces()
	}
	for _, name := range names {
		i, err := net.InterfaceByName(name)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		if !slices.ContainsFunc(list, func(have net.Interface) bool { return have.Index == i.Index }) {
			list = append(list, *i)
		}
	}
	if len(list) == 0 || len(list) > maxInterfaces {
		return nil, fmt.Errorf("%d interfaces, not between 1 and %d", len(list), maxInterfaces)
	}
	return list, nil
}

// linkOf returns what packets of an interface begin with: nothing before IP on tunnels.
func linkOf(name string) pcapfile.LinkType {
	b, _ := os.ReadFile("/sys/class/net/" + name + "/type")
	switch kind, _ := strconv.Atoi(strings.TrimSpace(string(b))); kind {
	case unix.ARPHRD_NONE, unix.ARPHRD_PPP, unix.ARPHRD_TUNNEL, unix.ARPHRD_TUNNEL6, unix.ARPHRD_SIT, unix.ARPHRD_IPGRE:
		return pcapfile.Raw
	}
	return pcapfile.Ethernet
}

// Next fills p with the next packet, whose data is valid until the next call. It
// returns [ErrIdle] if none came for a fifth of a second.
func (s *Source) Next(p *pcapfile.Packet) error {
	data, info, err := s.ring.ZeroCopyReadPacketData()
	for err == nil && info.Timestamp.Before(s.from) {
		data, info, err = s.ring.ZeroCopyReadPacketData()
	}
	if errors.Is(err, afpacket.ErrTimeout) {
		return ErrIdle
	}
	if err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	s.number++
	s.from = time.Time{}
	*p = pcapfile.Packet{Number: s.number, Time: capture.At(info.Timestamp), Link: s.link, Length: max(info.Length, len(data)), Data: data}
	return nil
}

// Dropped returns how many packets the ring had no room for.
func (s *Source) Dropped() int64 {
	_, v3, err := s.ring.SocketStats()
	if err != nil {
		return 0
	}
	return int64(v3.Drops())
}

// Close ends the capture.
func (s *Source) Close() { s.ring.Close() }
