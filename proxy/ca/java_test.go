package ca

import (
	"crypto/tls"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// javaClient connects with Java's default trust and prints what came of it.
const javaClient = `
import javax.net.ssl.*;
public class Client {
  public static void main(String[] args) throws Exception {
    for (String host : args[1].split(",")) {
      try (SSLSocket s = (SSLSocket) SSLSocketFactory.getDefault().createSocket("127.0.0.1", Integer.parseInt(args[0]))) {
        SSLParameters p = s.getSSLParameters();
        p.setServerNames(java.util.List.of(new SNIHostName(host)));
        s.setSSLParameters(p);
        s.startHandshake();
        System.out.println(host + " trusted");
      } catch (SSLException e) {
        System.out.println(host + " " + e.getMessage());
      }
    }
  }
}`

// Java must trust leafs through the trust store, and enforce the constraints.
func TestJavaTrustsAndEnforcesConstraints(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Java VM")
	}
	java := tool(t, "java")
	a := created(t, "gw.example")
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return forge(t, a, hello.ServerName), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); handshakes(ln) }()
	defer func() { ln.Close(); <-served }()

	store := filepath.Join(t.TempDir(), "trust.p12")
	if err := a.WriteTrustStore(store); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(t.TempDir(), "Client.java")
	rewrite(t, source, []byte(javaClient))
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	// The refused one first: Java would resume the session of the other.
	out, err := exec.Command(java, "-Djavax.net.ssl.trustStore="+store, "-Djavax.net.ssl.trustStoreType=PKCS12",
		"-Djavax.net.ssl.trustStorePassword="+TrustStorePassword, source, port, "evil.example,gw.example").CombinedOutput()
	if err != nil {
		t.Skipf("java cannot run a source file here: %v\n%s", err, out)
	}
	if got := string(out); !strings.Contains(got, "gw.example trusted") || strings.Contains(got, "evil.example trusted") {
		t.Errorf("java says:\n%s", got)
	}
}

// handshakes serves TLS handshakes until ln is closed.
func handshakes(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		if conn.(*tls.Conn).Handshake() == nil {
			conn.Read(make([]byte, 1)) // until the client leaves
		}
		conn.Close()
	}
}
