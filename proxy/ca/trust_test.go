package ca

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// tool skips the test if a program is not installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

func TestBundleHoldsSystemRootsAndOurs(t *testing.T) {
	a, stranger := created(t), created(t)
	t.Setenv("SSL_CERT_FILE", stranger.CertPath())
	path := filepath.Join(t.TempDir(), "bundle.pem")
	if err := a.WriteBundle(path); err != nil {
		t.Fatal(err)
	}
	want := []*x509.Certificate{a.root, stranger.root}
	got := readBundle(path)
	if len(got) != 2 || !got[0].Equal(want[0]) || !got[1].Equal(want[1]) {
		t.Errorf("bundle holds %d certificates, want ours and the system's one", len(got))
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "then 1 roots from "+stranger.CertPath()) {
		t.Errorf("first line does not name the source (error %v): %.100s", err, text)
	}
}

func TestBundleSaysThatThereAreNoSystemRoots(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "")
	paths := bundlePaths
	bundlePaths = nil
	t.Cleanup(func() { bundlePaths = paths })
	if roots, _ := storeRoots(); len(roots) > 0 {
		t.Skip("the system has a store of roots")
	}
	path := filepath.Join(t.TempDir(), "bundle.pem")
	if err := created(t).WriteBundle(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte("no roots of the system were found")) {
		t.Errorf("bundle does not say so (error %v): %.100s", err, text)
	}
}

func TestReadBundleSkipsWhatIsNone(t *testing.T) {
	a := created(t)
	data := "words\n" + string(a.RootPEM()) +
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("junk")})) + string(a.RootPEM())
	path := filepath.Join(t.TempDir(), "bundle.pem")
	rewrite(t, path, []byte(data))
	if got := readBundle(path); len(got) != 2 {
		t.Errorf("%d certificates, want 2", len(got))
	}
}

func TestTrustStoreHoldsTheSame(t *testing.T) {
	a, stranger := created(t), created(t)
	t.Setenv("SSL_CERT_FILE", stranger.CertPath())
	path := filepath.Join(t.TempDir(), "trust.p12")
	if err := a.WriteTrustStore(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	certs, err := pkcs12.DecodeTrustStore(data, TrustStorePassword)
	if err != nil {
		t.Fatal(err)
	}
	if len(certs) != 2 || !certs[0].Equal(a.root) || !certs[1].Equal(stranger.root) {
		t.Errorf("store holds %d certificates, want ours and the system's one", len(certs))
	}
}

func TestOpenSSLVerifies(t *testing.T) {
	openssl := tool(t, "openssl")
	a := created(t, "gw.example", "127.0.0.1")
	dir := t.TempDir()
	check := func(host, kind string) (string, error) {
		leaf := forge(t, a, host)
		leafPath := filepath.Join(dir, "leaf.pem")
		rewrite(t, leafPath, certPEM(leaf.Leaf))
		out, err := exec.Command(openssl, "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", a.CertPath(),
			"-untrusted", filepath.Join(a.Dir(), intermediateFile), "-verify_"+kind, host, leafPath).CombinedOutput()
		return string(out), err
	}
	for host, kind := range map[string]string{"gw.example": "hostname", "a.gw.example": "hostname", "127.0.0.1": "ip"} {
		if out, err := check(host, kind); err != nil {
			t.Errorf("openssl rejects %q: %v\n%s", host, err, out)
		}
	}
	for host, kind := range map[string]string{"evil.example": "hostname", "10.0.0.1": "ip", "2001:db8::1": "ip"} {
		if out, err := check(host, kind); err == nil || !strings.Contains(out, "permitted subtree violation") {
			t.Errorf("openssl on %q: %v\n%s", host, err, out)
		}
	}
}

func TestKeytoolReadsTrustStore(t *testing.T) {
	keytool := tool(t, "keytool")
	a := created(t)
	path := filepath.Join(t.TempDir(), "trust.p12")
	if err := a.WriteTrustStore(path); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(keytool, "-list", "-keystore", path, "-storetype", "PKCS12",
		"-storepass", TrustStorePassword).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	system, _ := SystemRoots()
	if got := strings.Count(string(out), "trustedCertEntry"); got != len(system)+1 {
		t.Errorf("keytool lists %d certificates, want %d", got, len(system)+1)
	}
	if !strings.Contains(string(out), a.Fingerprint()) {
		t.Error("keytool does not list our root's fingerprint")
	}
}
