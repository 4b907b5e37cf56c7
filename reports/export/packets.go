package export

import (
	"cmp"
	"encoding/binary"
	"io"
	"net/netip"
	"slices"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
	"why403/internal/synth"
)

// Packets writes what a run knows of its connections as a pcapng file that Wireshark
// opens: decrypted, made up packet by packet from heads, times and endings, with secrets
// masked as in the run. Of a socket's frames the run keeps counts alone, so there are
// only the gateway's first text, if it was kept, and the Close frame. Ports of gateways are
// all 80, since Wireshark takes what comes from 443 for TLS.
func Packets(w io.Writer, run *capture.Run) error {
	var all []madePacket
	emit := func(at capture.Instant, s *packet.Segment) {
		all = append(all, madePacket{at, s.Append(nil)})
	}
	for _, attempts := range connections(run) {
		makeUp(attempts, emit)
	}
	slices.SortStableFunc(all, func(a, b madePacket) int { return cmp.Compare(a.at, b.at) })
	pw, err := pcapfile.NewWriter(w, pcapfile.Raw, "why403 "+run.Version)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := pw.Packet(0, p.at, p.data, len(p.data)); err != nil {
			return err
		}
	}
	return nil
}

type madePacket struct {
	at   capture.Instant
	data []byte
}

// connections groups the attempts of each connection, in order.
func connections(run *capture.Run) (list [][]*capture.Upgrade) {
	byConn := map[int64]int{}
	for _, u := range run.Upgrades {
		if u.Outcome == capture.Unreached {
			continue // nothing was sent
		}
		i, known := byConn[u.Conn]
		if !known {
			i, byConn[u.Conn] = len(list), len(list)
			list = append(list, nil)
		}
		list[i] = append(list[i], u)
	}
	return list
}

// makeUp makes the packets of one connection. Times never go back within it.
func makeUp(attempts []*capture.Upgrade, emit func(capture.Instant, *packet.Segment)) {
	first, last := attempts[0], attempts[len(attempts)-1]
	c := synth.NewConversation(clientOf(first), gatewayOf(first), [2]uint32{uint32(first.Conn) << 12, 1}, emit)
	now := earliest(first.Phases.Resolved, first.Phases.Dialed, first.Phases.RequestSent)
	step := func(at capture.Instant) capture.Instant {
		now = max(now, at)
		return now
	}
	c.Open(now)
	for _, u := range attempts {
		c.Send(synth.Client, step(u.Phases.RequestSent), []byte(u.RequestHead.Head()))
		if u.ResponseHead.Len() > 0 {
			c.Send(synth.Server, step(earliest(u.Phases.ResponseHead, u.Phases.ResponseFirst)), append([]byte(u.ResponseHead.Head()), u.Body...))
		}
	}
	socket(c, &last.Socket, step)
	end(c, last, step)
}

// socket makes what is known of a socket's frames.
func socket(c *synth.Conversation, s *capture.Socket, step func(capture.Instant) capture.Instant) {
	if s.ServerFirst != "" {
		c.Send(synth.Server, step(s.Counted().FromServer.First), frame(1, []byte(s.ServerFirst), false))
	}
	if !s.Closing.Seen() {
		return
	}
	var body []byte
	if s.CloseCode != 0 {
		body = append(binary.BigEndian.AppendUint16(nil, uint16(s.CloseCode)), s.CloseReason...)
	}
	from := synth.Server
	if s.EndedBy == capture.Client {
		from = synth.Client
	}
	c.Send(from, step(s.Closing), frame(8, body[:min(len(body), 125)], from == synth.Client))
}

// end makes the end of a connection, as far as it was seen.
func end(c *synth.Conversation, u *capture.Upgrade, step func(capture.Instant) capture.Instant) {
	from := synth.Server
	if u.Socket.EndedBy == capture.Client || u.Outcome == capture.ClientGone {
		from = synth.Client
	}
	switch {
	case u.Outcome == capture.Accepted && !u.Socket.Closed.Seen(), u.Outcome == capture.Pending, u.Outcome == capture.TimedOut:
	case u.Socket.How == capture.RST:
		c.Reset(from, step(u.Socket.Closed))
	default:
		at := step(max(u.Socket.Closed, u.Phases.ResponseEnd))
		c.End(from, at)
		c.End(1-from, at)
	}
}

// frame is one WebSocket frame (RFC 6455 §5.2); a client's has a mask, of zeros.
func frame(opcode byte, payload []byte, masked bool) []byte {
	b := []byte{0x80 | opcode}
	mask := byte(0)
	if masked {
		mask = 0x80
	}
	if len(payload) < 126 {
		b = append(b, mask|byte(len(payload)))
	} else {
		b = binary.BigEndian.AppendUint16(append(b, mask|126), uint16(len(payload)))
	}
	if masked {
		b = append(b, 0, 0, 0, 0)
	}
	return append(b, payload...)
}

// earliest returns the first of the moments that was seen.
func earliest(moments ...capture.Instant) capture.Instant {
	for _, m := range moments {
		if m.Seen() {
			return m
		}
	}
	return 0
}

// clientOf returns the socket of the load tool, or one made up from the connection's
// number (RFC 5737).
func clientOf(u *capture.Upgrade) netip.AddrPort {
	switch {
	case u.Client.IsValid():
		return u.Client
	case u.Source.IsValid():
		return u.Source
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(u.Conn >> 14)}), uint16(1024+u.Conn&0x3fff))
}

func gatewayOf(u *capture.Upgrade) netip.AddrPort {
	addr := netip.AddrFrom4([4]byte{198, 51, 100, 1})
	if u.Server.IsValid() {
		addr = u.Server.Addr()
	}
	if client := clientOf(u).Addr(); client.Is4() != addr.Is4() && addr.Is4() {
		addr = netip.AddrFrom16(addr.As16())
	}
	return netip.AddrPortFrom(addr, 80)
}
