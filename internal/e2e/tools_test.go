package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// need skips the test unless tests with real tools are wanted, and fails it if
// they are and one is missing.
func need(t *testing.T, tools ...string) {
	t.Helper()
	if os.Getenv("WHY403_E2E") == "" {
		t.Skipf("runs with WHY403_E2E=1; tools needed: %q", tools)
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("needs %s: %v", tool, err)
		}
	}
}

// built is the directory with the command.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "why403-e2e-")
	if err != nil {
		panic(err)
	}
	built = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// build builds the command once and returns its path.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "why403.exe") // the extension is for Windows and harms nobody
	out, err := exec.Command("go", "build", "-o", path, "why403/cmd/why403").CombinedOutput()
	if err != nil {
		return "", &buildError{err, string(out)}
	}
	return path, nil
})

type buildError struct {
	error
	output string
}

func (e *buildError) Error() string { return e.error.Error() + "\n" + e.output }

// why403 prepares the command; it ends with the test.
func why403(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return command(t.Context(), path, args...)
}

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = os.Environ()
	return cmd
}

// root is the path of a file of the repository.
func root(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// write puts a file into the test's directory.
func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
