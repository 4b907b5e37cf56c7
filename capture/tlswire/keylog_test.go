package tlswire

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

var (
	random32 = strings.Repeat("0a", 32)
	secret48 = strings.Repeat("1b", 48)
	secret32 = strings.Repeat("2C", 32)
)

func TestKeyLogLines(t *testing.T) {
	line := "CLIENT_RANDOM " + random32 + " " + secret48
	tests := []struct {
		name, text string
		want       KeyLogStats
	}{
		{"one", line + "\n", KeyLogStats{Secrets: 1}},
		{"CRLF and an empty line", line + "\r\n\r\n" + line + "\r\n", KeyLogStats{Secrets: 1}},
		{"no last line end", "# comment\n" + line, KeyLogStats{Secrets: 1}},
		{"tab and spaces around", "\tCLIENT_RANDOM  " + random32 + "\t" + secret48 + " \n", KeyLogStats{Secrets: 1}},
		{"TLS 1.3", "CLIENT_TRAFFIC_SECRET_0 " + random32 + " " + secret32 + "\nSERVER_TRAFFIC_SECRET_0 " + random32 + " " + secret48 + "\n", KeyLogStats{Secrets: 2}},
		{"other labels", "EXPORTER_SECRET a b\nCLIENT_TRAFFIC_SECRET_1 " + random32 + " " + secret32 + "\nRSA 00 11\n", KeyLogStats{Skipped: 3}},
		{"half a line", line[:len(line)-1], KeyLogStats{Bad: 1}},
		{"half a master secret", line[:len(line)-32], KeyLogStats{Bad: 1}},
		{"no hexadecimal", strings.ReplaceAll(line, "1b", "xx"), KeyLogStats{Bad: 1}},
		{"a field too many", line + " 00", KeyLogStats{Bad: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := NewKeyLog(0)
			k.Add([]byte(tt.text))
			if k.Stats() != tt.want {
				t.Errorf("%+v, want %+v", k.Stats(), tt.want)
			}
		})
	}
}

func TestKeyLogFind(t *testing.T) {
	k := NewKeyLog(2)
	k.Add([]byte("CLIENT_RANDOM " + random32[8:] + " " + secret48 + "\n")) // as Zeek logs it
	random := [32]byte(bytes.Repeat([]byte{10}, 32))
	if s, ok := k.find(&random, master12); !ok || hex.EncodeToString(s) != secret48 {
		t.Errorf("found %x, %v for a random without its first four bytes", s, ok)
	}
	cut := "SERVER_TRAFFIC_SECRET_0 " + random32 + " " + secret48
	k.Add([]byte(cut[:len(cut)-32]))
	k.Add([]byte(cut))
	if s, _ := k.find(&random, serverTraffic); len(s) != 48 {
		t.Errorf("a line cut short won over the whole one: %x", s)
	}
	k.Add([]byte("CLIENT_TRAFFIC_SECRET_0 " + random32 + " " + secret48))
	if got := k.Stats(); got != (KeyLogStats{Secrets: 2, Dropped: 1}) {
		t.Errorf("beyond the limit: %+v", got)
	}
}

// FuzzKeyLog shows that a log gives the same secrets however it arrives, and that
// a log written out and read again is the same.
func FuzzKeyLog(f *testing.F) {
	f.Add([]byte("CLIENT_RANDOM "+random32+" "+secret48+"\r\nSERVER_TRAFFIC_SECRET_0 "+random32+" "+secret32), 7)
	f.Add([]byte("# x\n\n\rCLIENT_RANDOM "+random32[8:]+" "+secret48+"\n"), 1)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		if step < 1 {
			step = 1
		}
		whole, grown := NewKeyLog(0), NewKeyLog(0)
		whole.Add(text)
		if bytes.Count(text, []byte("\n")) > 0 && longest(text) < maxLine {
			w := grown.Writer()
			for rest := append(bytes.Clone(text), '\n'); len(rest) > 0; rest = rest[min(step, len(rest)):] {
				w.Write(rest[:min(step, len(rest))])
			}
			if !reflect.DeepEqual(whole.secrets, grown.secrets) {
				t.Errorf("%d secrets at once, %d bit by bit", len(whole.secrets), len(grown.secrets))
			}
		}
		again := NewKeyLog(0)
		for e, s := range whole.secrets {
			again.Add(fmt.Appendf(nil, "%v %x %x\n", e.label, e.random, s.bytes[:s.n]))
		}
		if !reflect.DeepEqual(whole.secrets, again.secrets) {
			t.Error("written and read again, it is another log")
		}
	})
}

func longest(text []byte) (n int) {
	for line := range bytes.Lines(text) {
		n = max(n, len(line))
	}
	return n
}
