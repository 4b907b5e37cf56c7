package http2

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// session writes a direction with golang.org/x/net/http2, which is not under test.
func session(client bool, write func(*http2.Framer, func(...string) []byte)) string {
	var out, block bytes.Buffer
	if client {
		out.WriteString(Preface)
	}
	enc := hpack.NewEncoder(&block)
	write(http2.NewFramer(&out, nil), func(pairs ...string) []byte {
		block.Reset()
		for i := 0; i < len(pairs); i += 2 {
			enc.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
		}
		return bytes.Clone(block.Bytes())
	})
	return out.String()
}

// tell feeds pieces of n bytes to r and tells what came of them.
func tell(r *Reader, data string, n int) string {
	var s strings.Builder
	var payload []byte
	for data != "" {
		piece := data[:min(n, len(data))]
		data = data[len(piece):]
		for b := []byte(piece); ; {
			m, ev, err := r.Next(b)
			b = b[m:]
			if err != nil {
				fmt.Fprintf(&s, "%v;", err)
			}
			if ev.Kind == Data {
				if payload = append(payload, ev.Data...); !ev.End {
					continue
				}
			}
			if len(payload) > 0 && (ev.Kind != None || ev.End) {
				fmt.Fprintf(&s, "data %q;", payload)
				payload = nil
			}
			switch ev.Kind {
			case Headers:
				fmt.Fprintf(&s, "headers %d %q trunc=%t end=%t;", ev.Stream, Head(ev.Fields), ev.Truncated, ev.End)
			case Data:
				fmt.Fprintf(&s, "end %d;", ev.Stream)
			case Reset, GoAway:
				fmt.Fprintf(&s, "reset %d %s;", ev.Stream, CodeName(ev.Code))
			case Settings:
				fmt.Fprintf(&s, "table %d;", ev.TableSize)
			}
			if ev.Kind == None {
				break
			}
		}
	}
	return s.String() + fmt.Sprintf("%q", payload)
}

func conversation() string {
	return session(true, func(f *http2.Framer, fields func(...string) []byte) {
		f.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 8192}, http2.Setting{ID: http2.SettingEnablePush, Val: 0})
		f.WriteWindowUpdate(0, 1<<20)
		b := fields(":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/ws?a=b", ":authority", "gw", "authorization", "Bearer x", "x-a", "1\r\nx-b: 2")
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: b[:7], PadLength: 3, Priority: http2.PriorityParam{Weight: 7}})
		f.WriteContinuation(1, false, b[7:20])
		f.WriteContinuation(1, true, b[20:])
		f.WritePing(false, [8]byte{1})
		f.WriteDataPadded(1, false, []byte("hello"), []byte{0, 0})
		f.WriteRawFrame(0xbe, 0, 5, []byte("unknown"))
		f.WriteData(1, true, nil)
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: fields(":method", "POST", ":path", "/token", "authorization", "Bearer x"), EndHeaders: true, EndStream: true})
		f.WriteRSTStream(3, http2.ErrCodeCancel)
		f.WriteGoAway(3, http2.ErrCodeEnhanceYourCalm, []byte("too many"))
	})
}

const told = `table 8192;headers 1 "CONNECT /ws?a=b HTTP/2\r\n:protocol: websocket\r\n:authority: gw\r\nauthorization: Bearer x\r\nx-a: 1  x-b: 2\r\n\r\n" trunc=false end=false;` +
	`data "hello";end 1;headers 3 "POST /token HTTP/2\r\nauthorization: Bearer x\r\n\r\n" trunc=false end=true;reset 3 CANCEL;reset 3 ENHANCE_YOUR_CALM;""`

func TestReaderTells(t *testing.T) {
	data := conversation()
	for n := 1; n <= len(data); n++ {
		if got := tell(NewReader(true), data, n); got != told {
			t.Fatalf("pieces of %d:\ngot  %s\nwant %s", n, got, told)
		}
	}
}

func TestReaderStops(t *testing.T) {
	for name, tt := range map[string]struct{ bytes, problem string }{
		"no preface":              {"GET / HTTP/1.1", "no connection preface"},
		"frame within a block":    {Preface + "\x00\x00\x00\x01\x00\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x00\x00\x00\x01", "frames within a header block"},
		"continuation of nothing": {Preface + "\x00\x00\x00\x09\x04\x00\x00\x00\x01", "frames within a header block"},
		"long frame":              {Preface + "\x02\x00\x00\x01\x04\x00\x00\x00\x01", "frame over 64 KiB"},
		"padding":                 {Preface + "\x00\x00\x01\x00\x08\x00\x00\x00\x01\x05", "padding over"},
		"bad block":               {Preface + "\x00\x00\x01\x01\x04\x00\x00\x00\x01\xff", "cannot be decompressed"},
		"short reset":             {Preface + "\x00\x00\x01\x03\x00\x00\x00\x00\x01x", "RST_STREAM of a wrong length"},
	} {
		got := tell(NewReader(true), tt.bytes+"more", 1)
		if !strings.Contains(got, tt.problem) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestReaderBoundsBlocks: a block of a few KB that stands for many MB is cut.
func TestReaderBoundsBlocks(t *testing.T) {
	data := session(true, func(f *http2.Framer, fields func(...string) []byte) {
		first := fields("x-long", strings.Repeat("v", 3000))
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: first, EndHeaders: true})
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: bytes.Repeat([]byte{0xbe}, 16000), EndHeaders: true})
	})
	got := tell(NewReader(true), data, len(data))
	if len(got) > 2*maxKept || !strings.Contains(got, "trunc=true") {
		t.Errorf("%d bytes told", len(got))
	}
}

func TestReaderSkipsDataOnly(t *testing.T) {
	data := session(false, func(f *http2.Framer, fields func(...string) []byte) {
		f.WriteData(1, false, []byte("0123456789"))
		f.WriteRSTStream(1, http2.ErrCodeNo)
	})
	r := NewReader(false)
	tell(r, data[:12], 12)
	if stream, ok := r.Skip(5); !ok || stream != 1 {
		t.Errorf("did not skip data: %d, %t", stream, ok)
	}
	if got := tell(r, data[17:], 100); got != `data "89";reset 1 NO_ERROR;""` {
		t.Errorf("behind the gap: %s", got)
	}
	if _, ok := r.Skip(1); ok {
		t.Error("skipped what may be a header")
	}
}

// FuzzReader: whatever the bytes and however they are cut, the same comes of them.
func FuzzReader(f *testing.F) {
	f.Add([]byte(conversation()), uint16(3), true)
	f.Add([]byte(conversation()[len(Preface):]), uint16(9), false)
	f.Fuzz(func(t *testing.T, data []byte, n uint16, client bool) {
		whole, cut := tell(NewReader(client), string(data), len(data)+1), tell(NewReader(client), string(data), int(n)+1)
		if whole != cut {
			t.Errorf("whole  %s\npieces %s", whole, cut)
		}
	})
}
