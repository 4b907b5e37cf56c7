package e2e

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"why403/internal/sim"
)

// TestShellReadsARunBeingWritten asks the SQLite shell, in the middle of a load,
// all that docs/run-file.md offers.
func TestShellReadsARunBeingWritten(t *testing.T) {
	need(t, "sqlite3")
	gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Cap: 10, RequireToken: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	r := record(t, gw)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var answers atomic.Int64
	enough := make(chan struct{})
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		sim.Load{
			URL: gw.URL(), TokenURL: gw.TokenURL(), TokenMode: sim.TokenThread, Proxy: r.url, Roots: authority(t, r.root),
			Threads: 15, Loops: -1, Hold: sim.Fixed(50 * time.Millisecond), Pause: sim.Fixed(5 * time.Millisecond),
			Answered: func(time.Time, int) {
				if answers.Add(1) == 200 {
					close(enough)
				}
			},
		}.Run(ctx)
	}()
	<-enough
	seen := 0
	for seen < 200 && t.Context().Err() == nil { // the newest may be 100 ms late
		seen, _ = strconv.Atoi(sqlite(t, r.run, "select count(*) from upgrades where status > 0"))
	}
	doc, err := os.ReadFile(root(t, "docs/run-file.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range regexp.MustCompile("(?s)```sql\n(.*?)\n```").FindAllStringSubmatch(string(doc), -1) {
		answer := sqlite(t, r.run, q[1])
		if answer == "" && !strings.Contains(q[1], "losses") {
			t.Errorf("nothing for\n%s", q[1])
		}
	}
	cancel()
	<-loaded
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

func sqlite(t *testing.T, path, sql string) string {
	t.Helper()
	out, err := command(t.Context(), "sqlite3", "-readonly", path, sql).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, sql)
	}
	return strings.TrimSpace(string(out))
}
