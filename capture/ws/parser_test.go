package ws

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"testing"
)

// frame writes a frame as RFC 6455 §5.2 says, on its own and not with the code under
// test. A key of nil leaves it unmasked.
func frame(first byte, payload string, key []byte) string {
	var b bytes.Buffer
	mask := byte(0)
	if key != nil {
		mask = 0x80
	}
	b.WriteByte(first)
	switch n := len(payload); {
	case n < 126:
		b.WriteByte(mask | byte(n))
	case n < 1<<16:
		b.WriteByte(mask | 126)
		binary.Write(&b, binary.BigEndian, uint16(n))
	default:
		b.WriteByte(mask | 127)
		binary.Write(&b, binary.BigEndian, uint64(n))
	}
	b.Write(key)
	for i := range len(payload) {
		c := payload[i]
		if key != nil {
			c ^= key[i%4]
		}
		b.WriteByte(c)
	}
	return b.String()
}

var key = []byte{0x37, 0xfa, 0x21, 0x3d}

// sum is the hash of a control frame's payload, by the standard library.
func sum(payload string) string {
	h := fnv.New64a()
	io.WriteString(h, payload)
	return fmt.Sprintf("%x", h.Sum64())
}

// tell feeds pieces to p and tells everything that came of it.
func tell(p *Parser, pieces ...string) string {
	var s strings.Builder
	for _, piece := range pieces {
		b := []byte(piece)
		for {
			n, ev, err := p.Next(b)
			b = b[n:]
			switch ev {
			case Frame:
				h := p.Header()
				fmt.Fprintf(&s, "frame %x %d fin=%t;", h.Opcode, h.Length, h.Fin)
			case ControlEnd:
				code, reason := 0, []byte(nil)
				if p.Header().Opcode == Close {
					code, reason = p.CloseBody()
				}
				fmt.Fprintf(&s, "end %x %d %q;", p.Sum(), code, reason)
			case FirstText:
				text, whole := p.Text()
				fmt.Fprintf(&s, "text %q whole=%t;", text, whole)
			}
			if err != nil {
				fmt.Fprintf(&s, "%v;", err)
			}
			if ev == None && len(b) == 0 {
				break
			}
		}
	}
	fmt.Fprintf(&s, "%q", p.Oddities())
	return s.String()
}

func TestParserReadsTheSpecificationsExamples(t *testing.T) { // RFC 6455 §5.7
	for _, tt := range []struct {
		name   string
		client bool
		rsv    byte
		bytes  string
		want   string
	}{
		{"unmasked text", false, 0, "\x81\x05Hello", `frame 1 5 fin=true;text "Hello" whole=true;[]`},
		{"masked text", true, 0, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", `frame 1 5 fin=true;text "Hello" whole=true;[]`},
		{"fragments", false, 0, "\x01\x03Hel\x80\x02lo", `frame 1 3 fin=false;frame 0 2 fin=true;text "Hello" whole=true;[]`},
		{"ping and pong have the same hash", false, 0, "\x89\x05Hello", `frame 9 5 fin=true;end 63f0bfacf2c00f6b 0 "";[]`},
		{"masked pong", true, 0, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", `frame a 5 fin=true;end 63f0bfacf2c00f6b 0 "";[]`},
		{"256 bytes", false, 0, "\x82\x7e\x01\x00" + strings.Repeat("x", 256), `frame 2 256 fin=true;[]`},
		{"64 KiB", false, 0, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + strings.Repeat("x", 1<<16), `frame 2 65536 fin=true;[]`},
		// RFC 7692 §7.2.3.1.
		{"compressed Hello", false, rsv1, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", `frame 1 7 fin=true;text "\xf2H\xcd\xc9\xc9\a\x00" whole=true;[]`},
		{"an unknown extension", false, rsvAll, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", `frame 1 7 fin=true;[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Parser{Client: tt.client, RSV: tt.rsv, TextLimit: 512}
			if got := tell(p, tt.bytes); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestParserTellsCloseAndFirstText(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bytes string
		want  string
	}{
		{"close with a reason", frame(0x88, "\x11\x2bquota", nil), "frame 8 7 fin=true;end " + sum("\x11\x2bquota") + ` 4395 "quota";[]`},
		{"close without a body", frame(0x88, "", nil), `frame 8 0 fin=true;end cbf29ce484222325 0 "";[]`},
		{"close of one byte", frame(0x88, "\x03", nil), "frame 8 1 fin=true;end " + sum("\x03") + ` 0 "";["Close frame with one byte of payload"]`},
		{"nothing is read behind it", frame(0x88, "", nil) + frame(0x81, "x", nil), `frame 8 0 fin=true;end cbf29ce484222325 0 "";["bytes after the Close frame"]`},
		{"only the first text", frame(0x81, "one", nil) + frame(0x81, "two", nil), `frame 1 3 fin=true;text "one" whole=true;frame 1 3 fin=true;[]`},
		{"empty text", frame(0x81, "", nil), `frame 1 0 fin=true;text "" whole=true;[]`},
		{"text up to the limit", frame(0x81, "0123456789", nil), `frame 1 10 fin=true;text "01234567" whole=false;[]`},
		{"text of the limit", frame(0x81, "01234567", nil), `frame 1 8 fin=true;text "01234567" whole=true;[]`},
		{"text after binary", frame(0x82, "b", nil) + frame(0x81, "t", nil), `frame 2 1 fin=true;frame 1 1 fin=true;text "t" whole=true;[]`},
		{"ping within a text", frame(0x01, "a", nil) + frame(0x89, "", nil) + frame(0x80, "b", nil), `frame 1 1 fin=false;frame 9 0 fin=true;end cbf29ce484222325 0 "";frame 0 1 fin=true;text "ab" whole=true;[]`},
		{"close within a text", frame(0x01, "a", nil) + frame(0x88, "\x03\xe8", nil), `frame 1 1 fin=false;frame 8 2 fin=true;end ` + sum("\x03\xe8") + ` 1000 "";[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Parser{TextLimit: 8}
			if got := tell(p, tt.bytes); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestParserStopsAtWhatIsNoFrame(t *testing.T) {
	for _, tt := range []struct {
		name, bytes, problem string
	}{
		{"reserved opcode", "\x83\x00", "reserved opcode"},
		{"reserved control opcode", "\x8b\x00", "reserved opcode"},
		{"bit that was not agreed on", "\xc1\x00", "reserved bit that was not agreed on"},
		{"ping in fragments", "\x09\x00", "control frame in fragments"},
		{"long close", "\x88\x7e\x00\x7e", "control frame over 125 bytes"},
		{"impossible length", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "length of 2^63 or more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Parser{}
			tell(p, frame(0x82, "fine", nil), tt.bytes, "more of it")
			var broken *Error
			if err := p.Broken(); !errors.As(err, &broken) || broken.Problem != tt.problem || broken.Offset != 6 {
				t.Errorf("Broken() = %v, want %q at byte 6", err, tt.problem)
			}
		})
	}
}

func TestParserListsOdditiesAndGoesOn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bytes string
		want  string
	}{
		{"masked server", frame(0x82, "x", key), oddMask.list()[0]},
		{"long form of a length", "\x82\x7e\x00\x01x", oddLength.list()[0]},
		{"longest form of a length", "\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x01x", oddLength.list()[0]},
		{"continuation of nothing", frame(0x80, "x", nil), oddSequence.list()[0]},
		{"message within a message", frame(0x01, "x", nil) + frame(0x81, "x", nil), oddSequence.list()[0]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Parser{}
			got := tell(p, tt.bytes+frame(0x8a, "still here", nil))
			if !strings.Contains(got, "frame a 10") || !strings.Contains(got, tt.want) {
				t.Errorf("got %s, want a pong and %q", got, tt.want)
			}
		})
	}
}

func TestParserSkipsMissingPayloadOnly(t *testing.T) {
	p := &Parser{TextLimit: 100}
	if p.Skip(1) {
		t.Error("skipped what may be a header")
	}
	tell(p, frame(0x81, strings.Repeat("x", 50), nil)[:12])
	if p.Skip(41) {
		t.Error("skipped beyond the frame")
	}
	if !p.Skip(40) {
		t.Error("did not skip payload")
	}
	if got, want := tell(p, frame(0x81, "y", nil)), `frame 1 1 fin=true;[]`; got != want {
		t.Errorf("got %s, want %s and no text with a hole in it", got, want)
	}
	tell(p, frame(0x89, "0123456789", nil)[:4])
	if p.Skip(5) {
		t.Error("skipped bytes of a ping")
	}
}

func TestParserKnowsWhatIsLeft(t *testing.T) {
	p := &Parser{}
	for _, tt := range []struct {
		bytes string
		left  int64
	}{{"\x82", 0}, {"\x05", 5}, {"ab", 3}, {"cde", 0}, {"\x89\x02p", 1}, {"p", 0}} {
		if tell(p, tt.bytes); p.Left() != tt.left {
			t.Errorf("behind %q: %d bytes left, want %d", tt.bytes, p.Left(), tt.left)
		}
	}
}

func conversation() string {
	return frame(0x01, "{\"token\":", key) + frame(0x89, "p1", key) + frame(0x00, "\"t\"", key) + frame(0x80, "}", key) +
		frame(0x82, strings.Repeat("b", 300), key) + frame(0x8a, "", key) + frame(0x81, strings.Repeat("t", 70000), key) +
		frame(0x88, "\x03\xe8bye", key) + "after"
}

func TestParserDoesNotCareHowBytesAreCut(t *testing.T) {
	whole := conversation()
	want := tell(&Parser{Client: true, TextLimit: 11}, whole)
	for i := range 400 {
		if got := tell(&Parser{Client: true, TextLimit: 11}, whole[:i], whole[i:]); got != want {
			t.Fatalf("cut at %d: got %s\nwant %s", i, got, want)
		}
	}
	if got := tell(&Parser{Client: true, TextLimit: 11}, strings.Split(whole, "")...); got != want {
		t.Errorf("byte by byte: got %s\nwant %s", got, want)
	}
}

// FuzzParser: whatever the bytes and wherever they are cut, the same comes of them.
func FuzzParser(f *testing.F) {
	f.Add([]byte(conversation()), uint16(3), true, byte(0))
	f.Add([]byte("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x88\x02\x03\xe8"), uint16(5), false, byte(rsv1))
	f.Add([]byte("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), uint16(1), false, byte(rsvAll))
	f.Fuzz(func(t *testing.T, b []byte, cut uint16, client bool, rsv byte) {
		at := min(int(cut), len(b))
		whole := &Parser{Client: client, RSV: rsv, TextLimit: 16}
		split := &Parser{Client: client, RSV: rsv, TextLimit: 16}
		a, c := tell(whole, string(b)), tell(split, string(b[:at]), string(b[at:]))
		if a != c {
			t.Errorf("whole %s\ncut at %d %s", a, at, c)
		}
	})
}

// FuzzFrames writes two messages and reads them back.
func FuzzFrames(f *testing.F) {
	f.Add("hello", "p", "a long text", true, uint32(0x37fa213d))
	f.Add("", "", strings.Repeat("x", 70000), false, uint32(0))
	f.Fuzz(func(t *testing.T, text, ping, rest string, client bool, mask uint32) {
		var k []byte
		if client {
			k = binary.BigEndian.AppendUint32(nil, mask)
		}
		ping = ping[:min(len(ping), 125)]
		in := frame(0x01, text, k) + frame(0x89, ping, k) + frame(0x80, rest, k) + frame(0x88, "", k)
		first := fmt.Sprintf("frame 1 %d fin=false;", len(text))
		middle := fmt.Sprintf("frame 9 %d fin=true;end %s 0 %q;frame 0 %d fin=true;", len(ping), sum(ping), "", len(rest))
		told := fmt.Sprintf("text %q whole=true;", text+rest)
		last := fmt.Sprintf("frame 8 0 fin=true;end %s 0 %q;[]", sum(""), "")
		p := &Parser{Client: client, TextLimit: len(text) + len(rest) + 1}
		if got, want := tell(p, in), first+middle+told+last; got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}

func BenchmarkParser(b *testing.B) {
	for _, size := range []int{16, 128, 4096} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			data := []byte(strings.Repeat(frame(0x82, strings.Repeat("x", size), key), 64))
			p := &Parser{Client: true, TextLimit: 4096}
			b.ReportAllocs()
			for b.Loop() {
				for rest := data; ; {
					n, ev, _ := p.Next(rest)
					if rest = rest[n:]; ev == None && len(rest) == 0 {
						break
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/frame")
		})
	}
}
