package jtl

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

const header = `timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect,"attempt_id"` + "\n"

const start = capture.Instant(1_795_394_888_000_000_000)

// upgrade is an attempt of a thread at a number of milliseconds after start.
func upgrade(conn int64, ms int, thread, attempt string, status int) *capture.Upgrade {
	u := &capture.Upgrade{Conn: conn, Exchange: 1, Status: status, Outcome: capture.Refused}
	u.Phases.RequestSent = start.Add(time.Duration(ms) * time.Millisecond)
	if status == 101 {
		u.Outcome, u.Socket.Opened = capture.Accepted, u.Phases.RequestSent
	}
	u.RequestHead = capture.Head(fmt.Sprintf("GET / HTTP/1.1\r\nX-JMeter-Sampler: WS open\r\nX-JMeter-Thread: %s\r\nX-JMeter-Attempt: %s\r\n\r\n", thread, attempt)).Keep()
	return u
}

func row(ms int, label, code, message, thread, success, active, attempt string) string {
	return fmt.Sprintf("%d,4,%s,%s,%s,%s,,%s,,0,0,1,%s,null,0,0,0,%s\n", 1795394888000+ms, label, code, message, thread, success, active, attempt)
}

const refusedMessage = `"Got unexpected status 403 with statusLine:HTTP/1.1 403 Forbidden, alas"`

// recorded is three upgrades: users 1 opened, users 2 was refused, and one more of
// users 2 that no sample knows of.
func recorded() *capture.Run {
	return &capture.Run{Meta: capture.Meta{Started: start}, Upgrades: []*capture.Upgrade{
		upgrade(1, 1, "users 1-1", "a1", 101), upgrade(2, 12, "users 1-2", "a2", 403), upgrade(3, 900, "users 1-2", "a3", 403),
	}}
}

func join(t *testing.T, rows ...string) *Joined {
	t.Helper()
	res, err := Read(strings.NewReader(header + strings.Join(rows, "")))
	if err != nil {
		t.Fatal(err)
	}
	return Join(recorded(), res)
}

func TestJoin(t *testing.T) {
	accepted := func(attempt string) string {
		return row(0, "WS open", "101", "Switching Protocols", "users 1-1", "true", "1", attempt)
	}
	refused := func(attempt string) string {
		return row(10, "WS open", "403", refusedMessage, "users 1-2", "false", "2", attempt)
	}
	token := row(0, "Token", "200", "OK", "users 1-1", "true", "1", "a1") // has the id of the attempt before
	for name, c := range map[string]struct {
		rows                             []string
		byID, byThread, alone, unsampled int
		upgrades                         []int64 // connection of each sample's upgrade, 0 none
	}{
		"by id":              {[]string{token, accepted("a1"), refused("a2")}, 2, 0, 0, 1, []int64{0, 1, 2}},
		"by thread and time": {[]string{token, accepted("null"), refused("null")}, 0, 2, 0, 1, []int64{0, 1, 2}},
		"an id goes first":   {[]string{refused("a3"), refused("null")}, 1, 1, 0, 1, []int64{3, 2}},
		"too late":           {[]string{row(500, "WS open", "403", "x", "users 1-2", "false", "2", "")}, 0, 0, 1, 3, []int64{0}},
		"another thread":     {[]string{row(10, "WS open", "403", "x", "users 1-9", "false", "2", "")}, 0, 0, 1, 3, []int64{0}},
		"twice the same id":  {[]string{refused("a2"), row(800, "WS open", "403", "x", "users 1-2", "false", "2", "a2")}, 1, 0, 1, 2, []int64{2, 0}},
	} {
		j := join(t, c.rows...)
		var got []int64
		for _, u := range j.Upgrades {
			if u == nil {
				got = append(got, 0)
			} else {
				got = append(got, u.Conn)
			}
		}
		if !reflect.DeepEqual(got, c.upgrades) || j.ByID != c.byID || j.ByThread != c.byThread || j.Alone != c.alone || j.Unsampled != c.unsampled {
			t.Errorf("%s: upgrades %v, by id %d, by thread %d, alone %d, unsampled %d; want %+v", name, got, j.ByID, j.ByThread, j.Alone, j.Unsampled, c)
		}
	}
}

func TestSummary(t *testing.T) {
	j := join(t, row(0, "WS open", "101", "Switching Protocols", "users 1-1", "true", "1", "a1"),
		row(10, "WS open", "403", refusedMessage, "users 1-2", "false", "2", "a2"), row(20, "WS ping", "200", "", "users 1-1", "true", "2", ""),
		"0,0,WS ping,Sampler error,x,users 1-2,,false,,0,0,1,2,null,0,0,0,\n")
	s := j.Summary(func(u *capture.Upgrade) bool { return u.Outcome == capture.Refused })
	want := &Summary{
		Samples: 3, ByID: 2, Unsampled: 1, Zero: 1,
		Samplers: []Sampler{{"WS open", 2, 1, 2, 1, 2}, {"WS ping", 1, 0, 0, 0, 1}},
		First:    &First{Label: "WS open", Thread: "users 1-2", Status: 403, At: 12 * time.Millisecond, AllThreads: 2, Line: 3},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v %+v\nwant %+v %+v", s, s.First, want, want.First)
	}
}

func TestAnnotate(t *testing.T) {
	j := join(t, row(0, "WS open", "101", "Switching Protocols", "users 1-1", "true", "1", "a1"),
		row(10, "WS open", "403", refusedMessage, "users 1-2", "false", "2", "a2"))
	var b bytes.Buffer
	err := j.Annotate(&b, func(u *capture.Upgrade) Note {
		if u.Status == 101 {
			return Note{OpenSockets: "0", TokenAge: Seconds(1.25)}
		}
		return Note{"why403: concurrency-cap, really", "1", ""}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSuffix(header, "\n") + `,"why403_cause","why403_open_sockets","why403_token_age_s"` + "\n" +
		"1795394888000,4,WS open,101,Switching Protocols,users 1-1,,true,,0,0,1,1,null,0,0,0,a1,,0,1.2\n" +
		`1795394888010,4,WS open,403,"why403: concurrency-cap, really",users 1-2,,false,,0,0,1,2,null,0,0,0,a2,"why403: concurrency-cap, really",1,` + "\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestReadErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "empty",
		"<?xml version=\"1.0\"?><testResults/>": "output_format=csv",
		"1795394888020,87,Token,200,OK,t,text,true\n":                   "print_field_names=true",
		header + "2026/11/23 06:15:03.000,1,a,b,c,d,e,true,,,,,,,,,,\n": `line 2: timeStamp "2026/11/23 06:15:03.000" is no time`,
		header + "1,x,a,b,c,d,e,true,,,,,,,,,,\n":                       `line 2: elapsed "x"`,
		header + "1,2\n": "wrong number of fields",
	} {
		_, err := Read(strings.NewReader(in))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "read JTL: ") {
			t.Errorf("Read(%q) gives %v, want an error with %q", in, err, want)
		}
	}
}

// FuzzRead checks that an annotated copy of whatever can be read has the same
// samples.
func FuzzRead(f *testing.F) {
	f.Add(header + row(0, "WS open", "101", "Switching Protocols", "users 1-1", "true", "1", "a1"))
	f.Add(header + row(5, `" a ""b"" ,"`, "403", "\"x\ny\"", "users 1-2", "false", "2", "a2") + "0,0,a,b,c,d,,false,,0,0,1,2,null,0,0,0,\n")
	f.Fuzz(func(t *testing.T, in string) {
		res, err := Read(strings.NewReader(in))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Join(recorded(), res).Annotate(&b, func(*capture.Upgrade) Note { return Note{} }); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Samples) != len(res.Samples) {
			t.Fatalf("%d samples became %d", len(res.Samples), len(again.Samples))
		}
		for i, s := range res.Samples {
			a := again.Samples[i]
			if a.Start != s.Start || a.Label != s.Label || a.Message != s.Message || a.Thread != s.Thread || a.Success != s.Success {
				t.Fatalf("sample %+v became %+v", s, a)
			}
		}
	})
}
