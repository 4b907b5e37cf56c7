package ca

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestLoadGivesWhatWasCreated(t *testing.T) {
	for name, hosts := range map[string][]string{"any": nil, "confined": {"gw.example", "10.0.0.1"}} {
		t.Run(name, func(t *testing.T) {
			made := created(t, hosts...)
			a, err := Load(made.Dir())
			if err != nil {
				t.Fatal(err)
			}
			if a.Fingerprint() != made.Fingerprint() || strings.Join(a.Hosts(), " ") != strings.Join(hosts, " ") {
				t.Errorf("loaded %s for %v, created %s for %v", a.Fingerprint(), a.Hosts(), made.Fingerprint(), hosts)
			}
			leaf, err := a.Leaf("gw.example")
			if err != nil {
				t.Fatal(err)
			}
			if err := verify(made, leaf, "gw.example"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLoadRefusesDamage(t *testing.T) {
	other := created(t, "gw.example")
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { rewrite(t, filepath.Join(dir, name), []byte(text)) }
	}
	foreign := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			data, err := os.ReadFile(filepath.Join(other.Dir(), name))
			if err != nil {
				t.Fatal(err)
			}
			rewrite(t, filepath.Join(dir, name), data)
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		damage func(*testing.T, string)
		want   string
	}{
		"empty root":           {write(rootFile, ""), "root.pem"},
		"no PEM":               {write(rootFile, "hello"), "not a PEM file with a CERTIFICATE"},
		"bad certificate":      {write(rootFile, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "root.pem"},
		"bad key":              {write(keyFile, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "key.pem"},
		"another root":         {foreign(rootFile), "does not belong to root.pem"},
		"another intermediate": {foreign(intermediateFile), "key.pem is not the key"},
		"another key":          {foreign(keyFile), "key.pem is not the key"},
		"no intermediate":      {remove(intermediateFile), "key.pem is not the key"},
		"no key":               {remove(keyFile), "key.pem"},
		"two certificates": {func(t *testing.T, dir string) {
			rewrite(t, filepath.Join(dir, rootFile), append(other.RootPEM(), other.RootPEM()...))
		}, "more than one"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := created(t, "gw.example").Dir()
			tt.damage(t, dir)
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want one with %q", err, tt.want)
			}
			if errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error %v says that there is no authority", err)
			}
		})
	}
}

func rewrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLoadRefusesReadableKey(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	a := created(t)
	if err := os.Chmod(filepath.Join(a.Dir(), keyFile), 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(a.Dir()); err == nil || !strings.Contains(err.Error(), "other users can read it") {
		t.Errorf("error %v", err)
	}
}

func TestLoadSaysThatThereIsNone(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "ca")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

func TestCreateLeavesWhatIsThere(t *testing.T) {
	a := created(t)
	if _, err := Create(a.Dir(), Options{}); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("error %v, want fs.ErrExist", err)
	}
	again, err := Load(a.Dir())
	if err != nil || again.Fingerprint() != a.Fingerprint() {
		t.Errorf("the authority changed (error %v)", err)
	}
}

func TestCreateInEmptyDirectory(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err != nil {
		t.Error(err)
	}
}

func TestLoadOrCreateByMany(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "ca")
	prints := make([]string, 16)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			a, err := LoadOrCreate(dir, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = a.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] || p == "" {
			t.Fatalf("different authorities: %q", prints)
		}
	}
}
