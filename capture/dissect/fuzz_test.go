package dissect

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"why403/capture"
)

// script turns bytes into steps: each begins with a byte that says what happens and
// one that says to how many of the bytes behind it.
func script(data []byte) (steps []step) {
	for len(data) >= 2 && len(steps) < 64 {
		op, n := data[0], min(int(data[1]), len(data)-2)
		chunk := string(data[2 : 2+n])
		data = data[2+n:]
		dir := Dir(op & 1)
		switch op >> 1 & 15 {
		case 0:
			steps = append(steps, gone(dir, int64(n)-1))
		case 1:
			steps = append(steps, ends(dir, []capture.Ending{capture.FIN, capture.RST, capture.Broken}[n%3]))
		case 2:
			steps = append(steps, step{dir: FromClient, text: ask})
		case 3:
			steps = append(steps, step{dir: FromServer, text: yes})
		case 4:
			steps = append(steps, step{dir: FromServer, text: no})
		default:
			steps = append(steps, step{dir: dir, text: chunk})
		}
	}
	return steps
}

// timeless returns a run without its times, as text.
func timeless(r *capture.Run) string {
	for _, u := range r.Upgrades {
		f := u.Socket.Counted()
		u.Phases, u.Socket.Frames, f.PingMin, f.PingMax, f.PingSum = capture.Phases{}, &f, 0, 0, 0
		for _, i := range []*capture.Instant{&u.Socket.Opened, &u.Socket.Closing, &u.Socket.Closed, &f.FromClient.First, &f.FromClient.Last, &f.FromServer.First, &f.FromServer.Last} {
			*i = min(*i, 1)
		}
	}
	for i := range r.Losses {
		r.Losses[i].At = 0
	}
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// FuzzConn: whatever happens to a connection, the run is valid, and it is the same
// however the bytes are cut.
func FuzzConn(f *testing.F) {
	seed := func(steps ...step) {
		var b []byte
		for _, s := range steps {
			op := byte(5<<1) | byte(s.dir)
			for text := s.text; text != ""; {
				n := min(len(text), 255)
				b = append(append(b, op, byte(n)), text[:n]...)
				text = text[n:]
			}
			switch {
			case s.gap > 0:
				b = append(b, byte(s.dir), 0)
			case s.end != "":
				b = append(b, 1<<1|byte(s.dir), 0)
			}
		}
		f.Add(b, uint16(1))
		f.Add(b, uint16(7))
	}
	seed(sent(ask+text), got(yes+"\x89\x01p"+bye), sent("\x8a\x81\x00\x00\x00\x00p"), ends(FromServer, capture.FIN), ends(FromClient, capture.FIN))
	seed(sent(ask), got(no), sent(ask), got(yes), gone(FromServer, 3), got(bye), ends(FromClient, capture.RST))
	seed(sent(post("application/json", `{"grant_type":"x"}`)), got(answerJSON("200 OK", `{"access_token":"abcdefgh"}`)))
	seed(sent(ask+ask+ask), got("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"+no+"HTTP/1.1 401 x\r\n\r\nabc"), ends(FromServer, capture.FIN))
	seed(sent("POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 5\r\n\r\nab"), got(no), sent("cde"+ask), got(no))
	seed(got("\r\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte, n uint16) {
		steps := script(data)
		whole, cut := play(t, 0, steps...), play(t, int(n%512)+1, steps...)
		if a, b := timeless(whole.Run), timeless(cut.Run); a != b {
			t.Errorf("whole\n%s\npieces of %d\n%s", a, n%512+1, b)
		}
	})
}

// FuzzSecrets: whatever surrounds a token, its value is in no record.
func FuzzSecrets(f *testing.F) {
	f.Add("X-A: 1", "denied: ", uint8(3))
	f.Add("Cookie: a=", "{\"token\":\"", uint8(0))
	f.Add("a\r\n ", "\x1f\x8b", uint8(1))
	f.Fuzz(func(t *testing.T, field, around string, n uint8) {
		const secret = "Qx0815-zyxwvu"
		if len(field)+len(around) > 4096 {
			t.Skip()
		}
		body := around + secret + around
		r := play(t, int(n), sent("GET /?a="+secret+"&token="+secret+" HTTP/1.1\r\nHost: gw\r\nUpgrade: websocket\r\n"+field+"\r\nCookie: jwt="+secret+"\r\n\r\n"),
			got(fmt.Sprintf("HTTP/1.1 403 %s\r\n%s\r\nLocation: /%s\r\nContent-Length: %d\r\n\r\n%s", secret, field, secret, len(body), body)),
			ends(FromServer, capture.RST), ends(FromClient, capture.FIN))
		if s := fmt.Sprintf("%+v %s", r.all, bodies(r.Run)); strings.Contains(s, secret) {
			t.Errorf("the token survives in %q", s)
		}
	})
}

func bodies(r *capture.Run) (s string) {
	for _, u := range r.Upgrades {
		s += string(u.Body)
	}
	return s
}
