package dissect

import (
	"runtime"
	"strings"
	"testing"

	"why403/capture"
	"why403/capture/token"
)

func accept(b testing.TB, tokens *token.Keeper) *Conn {
	c := New(Opening{ID: 1, Scheme: "http"}, tokens, func(capture.Record) {})
	c.Data(FromClient, 1, []byte(ask))
	c.Data(FromServer, 2, []byte(yes))
	if !c.Upgraded() {
		b.Fatal("not upgraded")
	}
	return c
}

// TestFramesAllocateNothing holds the relay path to what docs say of it.
func TestFramesAllocateNothing(t *testing.T) {
	c := accept(t, newKeeper())
	frames := []byte("\x82\x85\x01\x02\x03\x04abcde\x89\x81\x00\x00\x00\x00p" + "\x82\xfe\x01\x00\x01\x02\x03\x04" + strings.Repeat("x", 256))
	pong := []byte("\x8a\x01p\x81\x02ok")
	at := capture.Instant(3)
	c.Data(FromClient, at, frames) // the first ping takes memory for four
	c.Data(FromServer, at, pong)
	if n := testing.AllocsPerRun(100, func() {
		at++
		c.Data(FromClient, at, frames[:7])
		c.Data(FromClient, at, frames[7:])
		c.Data(FromServer, at, pong)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkOpenSocket measures what a socket that is open and silent holds in memory.
func BenchmarkOpenSocket(b *testing.B) {
	tokens := newKeeper()
	conns := make([]*Conn, 0, b.N)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range b.N {
		conns = append(conns, accept(b, tokens))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(b.N), "B/socket")
	runtime.KeepAlive(conns)
}

func BenchmarkFrames(b *testing.B) {
	for _, size := range []int{16, 120} {
		c := accept(b, newKeeper())
		frames := []byte(strings.Repeat("\x82"+string(rune(size))+strings.Repeat("x", size), 64))
		b.Run(string(rune('0'+size/100))+"xx bytes", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Data(FromServer, 3, frames)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/frame")
		})
	}
}

func BenchmarkUpgrade(b *testing.B) {
	keeper := newKeeper()
	request, answer := []byte(ask), []byte(no)
	b.ReportAllocs()
	for b.Loop() {
		c := New(Opening{ID: 1, Scheme: "https"}, keeper, func(capture.Record) {})
		c.Data(FromClient, 1, request)
		c.Data(FromServer, 2, answer)
		c.Close(3, capture.FIN)
	}
}
