package runfile

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// childEnv makes the test binary play a part (TestMain); its value is the part.
const childEnv = "WHY403_RUNFILE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch part := os.Getenv(childEnv); {
	case strings.HasPrefix(part, "record:"):
		recordForEver(strings.TrimPrefix(part, "record:"))
	default:
		os.Exit(m.Run())
	}
}

// recordForEver puts an upgrade every millisecond and prints number and time of
// each, until it is killed.
func recordForEver(path string) {
	w, err := Create(path, capture.Meta{ID: "r", Started: 1}, Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	tick := time.NewTicker(time.Millisecond)
	for conn := int64(1); ; conn++ {
		<-tick.C
		now := time.Now()
		w.Put(realistic(conn, 0))
		fmt.Printf("%d %d\n", conn, now.UnixNano())
	}
}

// After a kill in the middle of writing, the file opens and holds all that was put
// a tenth of a second before.
func TestKilledRecorderLosesATenthOfASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("starts five processes")
	}
	for round := range 5 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.db")
			put, killed := recordAndKill(t, path, 300+100*round)
			run := mustOpen(t, path)
			have := map[int64]bool{}
			for _, u := range run.Upgrades {
				have[u.Conn] = true
			}
			const late = 100 * time.Millisecond
			checked := 0
			for conn, at := range put {
				if killed.Sub(at) > late {
					checked++
					if !have[conn] {
						t.Errorf("upgrade %d, put %v before the kill, is missing", conn, killed.Sub(at))
					}
				}
			}
			if checked < 100 {
				t.Errorf("only %d upgrades were old enough to check", checked)
			}
			if n := len(run.Notes); n == 0 || !strings.Contains(run.Notes[0].Text, "not sealed") {
				t.Errorf("notes %v", run.Notes)
			}
		})
	}
}

// recordAndKill lets a child put that many upgrades and kills it. It returns what
// the child said it put and the moment just before the kill.
func recordAndKill(t *testing.T, path string, upgrades int) (put map[int64]time.Time, killed time.Time) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=record:"+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	put = map[int64]time.Time{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var conn, at int64
		if _, err := fmt.Sscan(lines.Text(), &conn, &at); err != nil {
			t.Errorf("child says %q", lines.Text())
			break
		}
		put[conn] = time.Unix(0, at)
		if len(put) == upgrades {
			killed = time.Now()
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	return put, killed
}
