package session

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestFrugal lets the limit follow what is in use, and puts back what there was.
func TestFrugal(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	f := newFrugal()
	if got := debug.SetMemoryLimit(-1); got != frugalLimit {
		t.Errorf("limit %d, want %d", got, frugalLimit)
	}
	used := make([]byte, 2*frugalLimit)
	for deadline := time.Now().Add(10 * time.Second); debug.SetMemoryLimit(-1) < int64(len(used)); runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("the limit stays below what is in use")
		}
	}
	runtime.KeepAlive(used)
	f.end()
	runtime.GC()
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 {
		t.Errorf("limit %d is left", got)
	}
}

// TestLimitFor leaves a process that holds much less room, but never none.
func TestLimitFor(t *testing.T) {
	const mib = 1 << 20
	for live, want := range map[int64]int64{
		10 * mib: frugalLimit, 300 * mib: 400 * mib, 1050 * mib: 1400 * mib, 1200 * mib: 1400 * mib, 1400 * mib: 1600 * mib,
	} {
		if got := limitFor(live); got != want {
			t.Errorf("of %d MiB in use the limit is %d MiB, want %d", live/mib, got/mib, want/mib)
		}
	}
}

// TestFrugalUser leaves the user's limit alone.
func TestFrugalUser(t *testing.T) {
	const users = 1 << 30
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(users))
	f := newFrugal()
	runtime.GC()
	if got := debug.SetMemoryLimit(-1); got != users {
		t.Errorf("limit %d, want the user's", got)
	}
	f.end()
}
