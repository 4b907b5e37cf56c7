package analysis_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"syscall"

	"why403/analysis"
	"why403/internal/sim/virtual"
)

func TestZDump(t *testing.T) {
	dir := os.Getenv("ZDUMP")
	if dir == "" {
		t.Skip()
	}
	os.MkdirAll(dir, 0o755)
	seeds, _ := strconv.Atoi(os.Getenv("ZSEEDS"))
	var wg sync.WaitGroup
	slots := make(chan bool, runtime.GOMAXPROCS(0))
	for _, f := range virtual.Families() {
		for seed := 1; seed <= seeds; seed++ {
			slots <- true
			wg.Go(func() {
				defer func() { <-slots }()
				c := f.Case(uint64(seed))
				b, _ := json.MarshalIndent(analysis.Explain(c.Run), "", " ")
				os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.json", f.Name, seed)), b, 0o644)
			})
		}
	}
	wg.Wait()
}

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// ZN sizes, ZSHAPES shapes
func TestZTime(t *testing.T) {
	if os.Getenv("ZN") == "" {
		t.Skip()
	}
	for _, shape := range strings.Fields(os.Getenv("ZSHAPES")) {
		for _, sn := range strings.Fields(os.Getenv("ZN")) {
			n, _ := strconv.Atoi(sn)
			run := virtual.Sized(shape, n, 1)
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			heap, tot := m.HeapAlloc, m.TotalAlloc
			at, c := time.Now(), cpu()
			f := analysis.Explain(run)
			d, dc := time.Since(at), cpu()-c
			runtime.ReadMemStats(&m)
			ref := 0
			for _, k := range f.Refused { ref += k }
			says := f.Verdict.Says
			fmt.Printf("%-8s n=%7d tokens=%6d refused=%4.1f%% wall=%6.2fs cpu=%6.2fs alloc=%6.0fMB run=%4.0fMB hyp=%d %s %s\n", shape, len(run.Upgrades), len(run.Tokens), 100*float64(ref)/float64(len(run.Upgrades)), d.Seconds(), dc.Seconds(), float64(m.TotalAlloc-tot)/1e6, float64(heap)/1e6, len(f.Hypotheses), f.Verdict.Status, says)
			if dir := os.Getenv("ZOUT"); dir != "" {
				os.MkdirAll(dir, 0o755)
				b, _ := json.MarshalIndent(f, "", " ")
				os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.json", shape, n)), b, 0o644)
			}
		}
	}
}
