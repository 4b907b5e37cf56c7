package export

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDuckDBReadsBoth installs DuckDB from PyPI into a directory of the test's own
// and lets it query both formats. It needs WHY403_E2E=1, Python and pip.
func TestDuckDBReadsBoth(t *testing.T) {
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("WHY403_E2E is not set")
	}
	dir := t.TempDir()
	pip := exec.Command("python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", dir+"/py", "duckdb==1.4.1")
	if out, err := pip.CombinedOutput(); err != nil {
		t.Fatalf("install DuckDB: %v\n%s", err, out)
	}
	for name, write := range map[string]func(f *os.File) error{
		"run.parquet": func(f *os.File) error { return Parquet(f, small()) },
		"run.jsonl":   func(f *os.File) error { return JSONLines(f, small()) },
	} {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		query := `import duckdb, sys
print(duckdb.sql(f"""SELECT count(*), sum(refused::INT), count(token), max(open_sockets), round(sum(wait_s), 6),
  strftime(min(sent), '%Y-%m-%d %H:%M:%S'), max(close_reason) FROM '{sys.argv[1]}'""").fetchall())`
		cmd := exec.Command("python3", "-c", query, path)
		cmd.Env = append(os.Environ(), "PYTHONPATH="+dir+"/py")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		want := "[(4, 2, 3, 1, 0.0045, '2026-11-23 06:15:04', 'full')]"
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
