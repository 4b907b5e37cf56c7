package dissect

import (
	"bytes"
	"compress/flate"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

func TestSocketEnds(t *testing.T) {
	const closing = "\x88\x82\x00\x00\x00\x00\x03\xe8" // of the client: 1000
	for _, tt := range []struct {
		name   string
		steps  []step
		by     capture.Side
		how    capture.Ending
		code   int
		closed capture.Instant // step at which the socket closed, 0 for open
	}{
		{"open", []step{sent(text)}, "", "", 0, 0},
		{"closing", []step{got(bye)}, capture.Gateway, "", 4403, 0},
		{"gateway closes", []step{got(bye), sent(closing), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}, capture.Gateway, capture.CloseFrame, 4403, 6},
		{"client closes", []step{sent(closing), got(bye), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}, capture.Client, capture.CloseFrame, 1000, 6},
		{"client fin", []step{ends(FromClient, capture.FIN), ends(FromServer, capture.FIN)}, capture.Client, capture.FIN, 0, 4},
		{"gateway rst", []step{ends(FromServer, capture.RST)}, capture.Gateway, capture.RST, 0, 3},
		{"half closed", []step{ends(FromClient, capture.FIN), got("\x82\x01x")}, "", "", 0, 0},
		{"Close frame may be missing", []step{gone(FromServer, 9), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}, "", "", 0, 5},
		{"payload missing", []step{got("\x82\x0aabc"), gone(FromServer, 7), got(bye), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}, capture.Gateway, capture.CloseFrame, 4403, 7},
		{"close behind the 101", nil, "", "", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for n := range 5 {
				u := play(t, n, append([]step{sent(ask), got(yes)}, tt.steps...)...).only(t)
				s := u.Socket
				if u.Outcome != capture.Accepted || s.Opened != 2*second || s.EndedBy != tt.by || s.How != tt.how || s.CloseCode != tt.code || s.Closed != tt.closed*second {
					t.Errorf("pieces of %d: ended by %q with %q, code %d, closed at %d", n, s.EndedBy, s.How, s.CloseCode, s.Closed/second)
				}
			}
		})
	}
}

func TestFramesBehindHeads(t *testing.T) {
	const token = "\x81\x9c\x00\x00\x00\x00{\"token\":\"first-frame-4711\"}"
	for n := range 20 {
		r := play(t, n, sent(ask+token+text), got(yes+"\x89\x01p\x81\x02no"+bye), sent("\x8a\x81\x00\x00\x00\x00p"), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN))
		u := r.only(t)
		want := capture.Socket{
			Opened: 2 * second, Closing: 2 * second, Closed: 5 * second, EndedBy: capture.Gateway, How: capture.CloseFrame, CloseCode: 4403, CloseReason: "full",
			ServerFirst: "no",
			Frames: &capture.Frames{
				FromClient: capture.Traffic{Frames: 3, Bytes: 34, Text: 2, First: second, Last: 3 * second},
				FromServer: capture.Traffic{Frames: 3, Bytes: 9, Text: 1, First: 2 * second, Last: 2 * second},
				Pings:      1, PingMin: time.Second, PingMax: time.Second, PingSum: time.Second,
			},
		}
		if !reflect.DeepEqual(u.Socket, want) {
			t.Errorf("pieces of %d: got %+v\nwant %+v", n, u.Socket, want)
		}
		if len(u.Credentials) != 2 || u.Credentials[1].Place != "first-frame" || u.Credentials[1].Token != newKeeper().Fingerprint("first-frame-4711") {
			t.Errorf("credentials %+v", u.Credentials)
		}
	}
}

func TestServerFirstOnlyOfEarlyEnds(t *testing.T) {
	steps := []step{sent(ask), got(yes + "\x81\x02hi")}
	for range 6 {
		steps = append(steps, got("\x82\x00"))
	}
	steps = append(steps, got(bye), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN))
	if s := play(t, 0, steps...).only(t).Socket; s.ServerFirst != "" {
		t.Errorf("kept %q of a socket that lived", s.ServerFirst)
	}
	if s := play(t, 0, sent(ask), got(yes+"\x81\x02hi"), ends(FromClient, capture.FIN), ends(FromServer, capture.FIN)).only(t).Socket; s.ServerFirst != "" {
		t.Errorf("kept %q of a socket that the client ended", s.ServerFirst)
	}
	long := strings.Repeat("x ", (serverText-6)/2) + "tok-4711-abcdef" // across the limit
	frame := "\x81\x7e" + string([]byte{byte(len(long) >> 8), byte(len(long))}) + long
	if s := play(t, 0, sent(ask), got(yes+frame+"\x88\x00")).only(t).Socket; len(s.ServerFirst) < serverText-10 || len(s.ServerFirst) > serverText || strings.Contains(s.ServerFirst, "tok-") {
		t.Errorf("kept %q", s.ServerFirst)
	}
}

func TestAnswersThatAreOdd(t *testing.T) {
	for name, answer := range map[string]string{
		"Sec-WebSocket-Accept does not match the key": strings.Replace(yes, "s3pP", "S3pP", 1),
		"no Sec-WebSocket-Accept":                     "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
		"Upgrade is not websocket":                    strings.Replace(yes, "Upgrade: websocket", "Upgrade: else", 1),
	} {
		u := play(t, 0, sent(ask), got(answer)).only(t)
		if u.Outcome != capture.Accepted || !strings.Contains(strings.Join(u.Oddities, "; "), name) {
			t.Errorf("%s: %q, oddities %q", name, u.Outcome, u.Oddities)
		}
	}
}

func TestTrafficOfACutFrame(t *testing.T) {
	u := play(t, 0, sent(ask), got(yes+"\x82\x03abc\x82\x05ab"), ends(FromServer, capture.RST)).only(t)
	if s := u.Socket.Counted().FromServer; s.Frames != 2 || s.Bytes != 5 {
		t.Errorf("counted %+v", s)
	}
}

func TestCompressedFirstMessages(t *testing.T) {
	agreed := strings.Replace(yes, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1)
	offered := strings.Replace(ask, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1)
	deflate := func(text string) string {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.BestCompression)
		io.WriteString(w, text)
		w.Flush()
		return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
	}
	hello, refusal := deflate(`{"token":"first-frame-4711"}`), deflate(`bad token "first-frame-4711", go away, go away, go away`)
	steps := []step{sent(offered), got(agreed), sent("\xc1" + string([]byte{0x80 | byte(len(hello))}) + "\x00\x00\x00\x00" + hello),
		got("\xc1" + string([]byte{byte(len(refusal))}) + refusal + bye), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN)}
	for n := range 6 {
		u := play(t, n, steps...).only(t)
		if len(u.Credentials) != 2 || u.Credentials[1].Token != newKeeper().Fingerprint("first-frame-4711") {
			t.Errorf("pieces of %d: credentials %+v", n, u.Credentials)
		}
		if s := u.Socket.ServerFirst; !strings.HasPrefix(s, `bad token "‹secret:`) || !strings.HasSuffix(s, `›", go away, go away, go away`) {
			t.Errorf("pieces of %d: first text %q", n, s)
		}
	}
}

func TestCloseReasonThatIsCut(t *testing.T) {
	reason := strings.Repeat("no ", 38) + "tok-4711-abcdef"[:9]
	s := play(t, 0, sent(ask), got(yes+"\x88\x7d\x11\x33"+reason)).only(t).Socket
	if len(reason) != maxReason || strings.Contains(s.CloseReason, "4711") || !strings.HasPrefix(s.CloseReason, "no no ") {
		t.Errorf("reason of %d bytes: %q", len(reason), s.CloseReason)
	}
}
