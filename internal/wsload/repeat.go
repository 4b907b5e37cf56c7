package wsload

import (
	"io"

	"why403/capture"
	"why403/capture/packet"
	"why403/capture/pcapfile"
)

// Repeat writes the tapes merged into one load, and again under other addresses until
// size bytes are written, at least once. So many copies run abreast, each of which has
// one connection open at a time for each tape.
func Repeat(w io.Writer, tapes []*Tape, size int64, abreast int, withKeys bool) error {
	counted := &counter{w: w}
	pw, err := pcapfile.NewWriter(counted, pcapfile.Raw, "why403 wsload")
	if err != nil {
		return err
	}
	for _, tp := range tapes {
		if withKeys && len(tp.Keys()) > 0 {
			if err := pw.Secrets(pcapfile.TLSKeyLog, tp.Keys()); err != nil {
				return err
			}
		}
	}
	var shift capture.Instant
	for n := 0; n == 0 || counted.n < size; n += abreast {
		span, err := batch(pw, tapes, n, abreast, shift)
		if err != nil {
			return err
		}
		shift += span + 1e6
	}
	return nil
}

// batch writes copies n to n+copies-1, all at once, and returns how long they take.
func batch(pw *pcapfile.Writer, tapes []*Tape, n, copies int, shift capture.Instant) (span capture.Instant, err error) {
	var d packet.Decoder
	var s packet.Segment
	var raw []byte
	longest := 0
	for _, tp := range tapes {
		longest = max(longest, len(tp.Packets))
	}
	start := tapes[0].Packets[0].Time
	for i := range longest {
		for t, tp := range tapes {
			if i >= len(tp.Packets) {
				continue
			}
			p := &tp.Packets[i]
			at := p.Time - tp.Packets[0].Time
			span = max(span, at)
			if !d.Decode(p, &s) {
				continue
			}
			for c := range copies {
				raw = readdressed(&s, t, n+c).Append(raw[:0])
				if err := pw.Packet(0, start+shift+at, raw, len(raw)); err != nil {
					return 0, err
				}
			}
		}
	}
	return span, nil
}

// readdressed returns s between hosts of its own for each tape and copy.
func readdressed(s *packet.Segment, tape, n int) *packet.Segment {
	r := *s
	for _, e := range []*packet.Endpoint{&r.Src, &r.Dst} {
		e.Addr[12], e.Addr[13], e.Addr[14], e.Addr[15] = 10, byte(tape+1), byte(n>>8), byte(n)
	}
	return &r
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
