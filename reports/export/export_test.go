package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"why403/capture"
)

const start = capture.Instant(1_795_414_503_000_000_000)

// small has an acceptance, a refusal, a refusal in band and an attempt without an
// answer and without a token.
func small() *capture.Run {
	var c capture.Collector
	c.Put(capture.Token{Fingerprint: "0123456789abcdef", Kind: capture.JWT, ClientID: "load", Scopes: []string{"a", "b"},
		IssuedAt: start.Add(-time.Minute), ExpiresAt: start.Add(time.Hour)})
	put := func(conn int64, u capture.Upgrade) {
		u.Conn, u.Exchange = conn, 1
		u.Scheme, u.Authority, u.Host, u.Target = "wss", "gw:443", "gw", "/ws"
		u.Source, u.Server = netip.MustParseAddrPort("10.0.0.1:5000"), netip.MustParseAddrPort("10.0.0.2:443")
		u.Phases.RequestSent = start.Add(time.Duration(conn) * time.Second)
		u.RequestHead = capture.Head("GET /ws HTTP/1.1\r\nX-JMeter-Thread: users 1-1\r\nX-JMeter-Attempt: a1\r\n\r\n").Keep()
		if u.Outcome != capture.Dropped {
			u.Credentials = []capture.Credential{{Token: "0123456789abcdef", Place: "authorization"}}
			u.Phases.ResponseFirst = u.Phases.RequestSent.Add(1500 * time.Microsecond)
		}
		if u.Status == 101 {
			u.Socket.Opened = u.Phases.ResponseFirst
		}
		c.Put(u)
	}
	put(1, capture.Upgrade{Outcome: capture.Accepted, Status: 101, Socket: capture.Socket{Frames: &capture.Frames{FromClient: capture.Traffic{Frames: 3, Bytes: 30}}}})
	put(2, capture.Upgrade{Outcome: capture.Refused, Status: 403, Body: []byte("no\xff<b>"), BodyBytes: 6, ResponseHead: capture.Head("HTTP/1.1 403 F\r\nServer: gw/1\r\n\r\n").Keep()})
	put(3, capture.Upgrade{Outcome: capture.Accepted, Status: 101, Socket: capture.Socket{
		EndedBy: capture.Gateway, How: capture.CloseFrame, CloseCode: 1008, CloseReason: "full",
		Closing: start.Add(3100 * time.Millisecond), Closed: start.Add(3100 * time.Millisecond)}})
	put(4, capture.Upgrade{Outcome: capture.Dropped, Failure: "closed"})
	return c.Run(capture.Meta{ID: "r1", Version: "0.1.0", Started: start, Ended: start.Add(10 * time.Second)})
}

func TestRows(t *testing.T) {
	rows := Rows(small())
	if len(rows) != 4 {
		t.Fatalf("%d rows", len(rows))
	}
	a, r, in, none := rows[0], rows[1], rows[2], rows[3]
	switch {
	case a.Refused || *a.OpenSockets != 0 || a.FramesSent != 3 || *a.WaitS != 0.0015 || a.OpenS != nil || !a.Closed.IsZero():
		t.Errorf("accepted: %+v", a)
	case !r.Refused || r.InBand || *r.OpenSockets != 1 || r.BodyStart != "no\ufffd<b>" || r.ServerField != "gw/1" || r.Scopes != "a b":
		t.Errorf("refused: %+v", r)
	case *r.TokenUses != 1 || *r.TokenAgeS < 61 || *r.TokenAgeS > 63 || *r.TokenLeftS < 3597 || r.JMeterThread != "users 1-1":
		t.Errorf("refused: %+v", r)
	case !in.Refused || !in.InBand || in.Status != 101 || in.CloseCode != 1008 || in.CloseReason != "full":
		t.Errorf("in band: %+v", in)
	case none.Refused || none.OpenSockets != nil || none.Token != "" || none.TokenAgeS != nil || !none.Answered.IsZero():
		t.Errorf("no answer: %+v", none)
	}
}

func TestJSONLinesReadBack(t *testing.T) {
	var b bytes.Buffer
	if err := JSONLines(&b, small()); err != nil {
		t.Fatal(err)
	}
	var got []Row
	for s := bufio.NewScanner(&b); s.Scan(); {
		var r Row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if want := Rows(small()); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParquetReadsBack(t *testing.T) {
	var b bytes.Buffer
	if err := Parquet(&b, small()); err != nil {
		t.Fatal(err)
	}
	got, err := parquet.Read[Row](bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	want := Rows(small())
	for i := range want { // Parquet has microseconds
		for _, at := range []*time.Time{&want[i].Sent, &want[i].Answered, &want[i].Opened, &want[i].Closed} {
			if !at.IsZero() {
				*at = at.Truncate(time.Microsecond)
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestColumnsAreDocumented compares the columns with the table of docs/export.md,
// and the names of both formats with each other.
func TestColumnsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented, columns []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\|").FindAllSubmatch(doc, -1) {
		documented = append(documented, string(m[1]))
	}
	for i := range reflect.TypeFor[Row]().NumField() {
		f := reflect.TypeFor[Row]().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if other, _, _ := strings.Cut(f.Tag.Get("parquet"), ","); other != name {
			t.Errorf("%s is %q in JSON Lines and %q in Parquet", f.Name, name, other)
		}
		columns = append(columns, name)
	}
	if !reflect.DeepEqual(columns, documented) {
		t.Errorf("columns    %v\ndocumented %v", columns, documented)
	}
}
