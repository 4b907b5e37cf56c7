package ca

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func created(t *testing.T, hosts ...string) *Authority {
	t.Helper()
	a, err := Create(filepath.Join(t.TempDir(), "ca"), Options{Hosts: hosts})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// verify checks a leaf as a client does that trusts the root only.
func verify(a *Authority, leaf *tls.Certificate, host string) error {
	between := x509.NewCertPool()
	for _, der := range leaf.Certificate[1:] {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		between.AddCert(cert)
	}
	_, err := leaf.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: a.Pool(), Intermediates: between})
	return err
}

func TestLeafVerifies(t *testing.T) {
	for name, hosts := range map[string][]string{
		"any host":       nil,
		"names":          {"gw.example", "*.region.example"},
		"address only":   {"127.0.0.1", "2001:db8::1"},
		"name + address": {"gw.example", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			a := created(t, hosts...)
			for _, host := range append([]string{"eu.region.example", "localhost", "10.0.0.1"}, a.Hosts()...) {
				leaf, err := a.Leaf(host)
				if !a.Permits(host) {
					if err == nil || !strings.Contains(err.Error(), "create one that has this host") {
						t.Errorf("leaf for %q: error %v, want one with a hint", host, err)
					}
					continue
				}
				if err != nil {
					t.Fatalf("leaf for %q: %v", host, err)
				}
				if err := verify(a, leaf, host); err != nil {
					t.Errorf("leaf for %q: %v", host, err)
				}
			}
		})
	}
}

func TestPermits(t *testing.T) {
	a := created(t, "gw.example", "*.region.example", "127.0.0.1", "2001:db8::1")
	for host, want := range map[string]bool{
		"gw.example":             true,
		"GW.Example.":            true,
		"a.gw.example":           true, // as X.509 has it
		"eu.region.example":      true,
		"a.eu.region.example":    true,
		"notgw.example":          false,
		"gw.example.evil":        false,
		"127.0.0.1":              true,
		"::ffff:127.0.0.1":       true,
		"127.0.0.2":              false,
		"2001:db8::1":            true,
		"2001:0db8::0001":        true,
		"2001:db8::2":            false,
		"":                       false,
		"gw.example/":            false,
		"*.gw.example":           false,
		"gw.example:443":         false,
		"..gw.example":           false,
		"bücher.gw.example":      false,
		"xn--bcher.gw.example":   true,
		"under_score.gw.example": true,
	} {
		if got := a.Permits(host); got != want {
			t.Errorf("Permits(%q) = %v, want %v", host, got, want)
		}
	}
}

// What Leaf refuses must also be refused by clients, were it minted with a stolen
// key: the constraints, not our check, are the protection.
func TestConstraintsHoldWithoutOurCheck(t *testing.T) {
	for name, hosts := range map[string][]string{
		"names":     {"gw.example"},
		"addresses": {"127.0.0.1"},
		"both":      {"gw.example", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			a := created(t, hosts...)
			for _, host := range []string{"evil.example", "x.evil", "10.0.0.1", "2001:db8::2"} {
				leaf := forge(t, a, host)
				if err := verify(a, leaf, host); err == nil {
					t.Errorf("a leaf for %q was accepted", host)
				}
			}
		})
	}
}

// forge signs a leaf with the authority's key without asking the authority.
func forge(t *testing.T, a *Authority, host string) *tls.Certificate {
	t.Helper()
	name, addr, err := parseHost(host)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := leafTemplate(name, addr)
	tmpl.NotBefore, tmpl.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	cert, err := sign(tmpl, a.signer, a.leafKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := a.chain(cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func TestLeafIsMintedOncePerName(t *testing.T) {
	a := created(t)
	hosts := []string{"gw.example", "GW.example.", "gw.EXAMPLE"}
	got := make([]*tls.Certificate, 64)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range got {
		wg.Go(func() {
			<-start
			leaf, err := a.Leaf(hosts[i%len(hosts)])
			if err != nil {
				t.Error(err)
			}
			got[i] = leaf
		})
	}
	close(start)
	wg.Wait()
	for i, leaf := range got {
		if leaf != got[0] {
			t.Fatalf("call %d got another leaf than call 0", i)
		}
	}
}

func TestLeafIsRenewedBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := created(t)
		first, err := a.Leaf("gw.example")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(leafLifetime - leafRenewal - time.Second)
		if leaf, _ := a.Leaf("gw.example"); leaf != first {
			t.Error("renewed too early")
		}
		time.Sleep(2 * time.Second)
		second, err := a.Leaf("gw.example")
		if err != nil || second == first {
			t.Fatalf("not renewed a day before its end (error %v)", err)
		}
		if err := verify(a, second, "gw.example"); err != nil {
			t.Error(err)
		}
		if second.Leaf.SerialNumber.Cmp(first.Leaf.SerialNumber) == 0 {
			t.Error("two leafs with one serial")
		}
	})
}

func TestLeafEndsWithItsAuthority(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "ca")
		a, err := Create(dir, Options{Lifetime: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := a.Leaf("gw.example")
		if err != nil {
			t.Fatal(err)
		}
		if end := leaf.Leaf.NotAfter; !end.Equal(a.signer.NotAfter) {
			t.Errorf("leaf ends on %v, its authority on %v", end, a.signer.NotAfter)
		}
		if again, _ := a.Leaf("gw.example"); again != leaf {
			t.Error("a leaf that cannot be renewed was minted again")
		}
		time.Sleep(2 * time.Hour)
		if _, err := a.Leaf("gw.example"); err == nil || !strings.Contains(err.Error(), "expired") {
			t.Errorf("after the end: error %v", err)
		}
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "expired") {
			t.Errorf("load after the end: error %v", err)
		}
	})
}

func TestLeafForm(t *testing.T) {
	leaf, err := created(t, "gw.example").Leaf("gw.example")
	if err != nil {
		t.Fatal(err)
	}
	cert := leaf.Leaf
	if len(cert.ExtKeyUsage) != 1 || cert.ExtKeyUsage[0] != x509.ExtKeyUsageServerAuth || cert.IsCA {
		t.Errorf("usages %v, authority %v; want server authentication only", cert.ExtKeyUsage, cert.IsCA)
	}
	if bits := cert.SerialNumber.BitLen(); bits < 100 || bits > 159 {
		t.Errorf("serial of %d bits", bits)
	}
	if life := cert.NotAfter.Sub(cert.NotBefore); life > leafLifetime+backdate {
		t.Errorf("valid for %v", life)
	}
	if len(leaf.Certificate) != 2 {
		t.Errorf("chain of %d, want leaf and intermediate", len(leaf.Certificate))
	}
}

func TestCacheIsBounded(t *testing.T) {
	a := created(t)
	for i := range cachedLeafs + 10 {
		if _, err := a.Leaf(strings.Repeat("x", i%60+1) + "." + strings.Repeat("y", i/60+1)); err != nil {
			t.Fatal(err)
		}
	}
	if n := a.leafs.Len(); n != cachedLeafs {
		t.Errorf("%d leafs cached, want %d", n, cachedLeafs)
	}
}

func TestCreateRefusesBadHosts(t *testing.T) {
	for _, host := range []string{"", "*", "*.", "https://gw.example", "gw.example:443", "a*.example", "127.0.0.0/8"} {
		dir := filepath.Join(t.TempDir(), "ca")
		if _, err := Create(dir, Options{Hosts: []string{host}}); err == nil {
			t.Errorf("host %q was accepted", host)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("host %q: the directory was made", host)
		}
	}
}

func TestRootKeyOfConfinedAuthorityIsNotKept(t *testing.T) {
	a := created(t, "gw.example")
	if a.key.PublicKey.Equal(a.root.PublicKey) {
		t.Error("the authority holds the root's key")
	}
	key, err := readKey(filepath.Join(a.Dir(), keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if key.PublicKey.Equal(a.root.PublicKey) || !key.PublicKey.Equal(a.signer.PublicKey) {
		t.Error("the key on disk is not the intermediate's")
	}
}

func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	a := created(t, "gw.example")
	want := map[string]fs.FileMode{".": 0o700, rootFile: 0o600, intermediateFile: 0o600, keyFile: 0o600}
	for name, mode := range want {
		info, err := os.Stat(filepath.Join(a.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != mode {
			t.Errorf("%s has mode %04o, want %04o", name, info.Mode().Perm(), mode)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(a.Dir()), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
