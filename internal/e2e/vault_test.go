package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// vault remembers secrets that must turn up nowhere.
type vault struct {
	mu      sync.Mutex
	secrets map[string]string // by what they are
}

func newVault() *vault { return &vault{secrets: map[string]string{}} }

// secret makes one up.
func (v *vault) secret(what string) string { return v.remember(what, rand.Text()) }

func (v *vault) remember(what, value string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets[fmt.Sprintf("%s %d", what, len(v.secrets))] = value
	return value
}

// token remembers a JWT's last part, which is in every form of the whole.
func (v *vault) token(jwt string) {
	v.remember("signature", jwt[strings.LastIndex(jwt, ".")+1:])
}

func (v *vault) all() map[string]string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.secrets
}

// searchFor fails if a file below dir has one of the secrets, as it is or as it
// would stand in a URL, JSON or HTML.
func searchFor(t *testing.T, secrets map[string]string, dir string) {
	t.Helper()
	if len(secrets) < 10 {
		t.Fatalf("only %d secrets to search for", len(secrets))
	}
	searched := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		searched++
		for what, secret := range secrets {
			for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
				if at := bytes.Index(content, []byte(form)); at >= 0 {
					t.Errorf("%s has the %s: …%q…", filepath.Base(path), what, around(content, at))
					break
				}
			}
		}
		return nil
	})
	if err != nil || searched < 3 {
		t.Fatalf("searched %d files: %v", searched, err)
	}
}

func around(b []byte, at int) []byte { return b[max(0, at-80):min(len(b), at+40)] }
