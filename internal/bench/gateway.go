package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// gateway is the process that all upgrades end at: it accepts every one and echoes
// what it is sent.
type gateway struct {
	cmd        *exec.Cmd
	secure     string // host:port for wss
	plain      string // host:port for ws
	root       string // its certificate, PEM
	rootAndKey string
}

func startGateway(ctx context.Context, dir string) (*gateway, error) {
	g := &gateway{root: filepath.Join(dir, "root.pem"), rootAndKey: filepath.Join(dir, "root-and-key.pem")}
	if err := makeCertificate(g.root, g.rootAndKey); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	g.cmd = exec.CommandContext(ctx, self, "gateway", g.rootAndKey)
	g.cmd.Stderr = os.Stderr
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start gateway: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("start gateway: %w", err)
	}
	_, err = fmt.Sscan(line, &g.secure, &g.plain)
	return g, err
}

// cpu is the processor time that the gateway has used.
func (g *gateway) cpu() (time.Duration, error) { return processorTimeOf(g.cmd.Process.Pid) }

func (g *gateway) stop() {
	g.cmd.Process.Kill()
	g.cmd.Wait()
}

// serveGateway is the gateway's process.
func serveGateway() {
	upgrader := websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: nil}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, message, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, message) != nil {
				return
			}
		}
	})
	pair, err := tls.LoadX509KeyPair(os.Args[2], os.Args[2])
	if err != nil {
		panic(err)
	}
	secure, plain := listen(), listen()
	fmt.Println(secure.Addr(), plain.Addr())
	go http.Serve(plain, handler)
	panic(http.Serve(tls.NewListener(secure, &tls.Config{
		Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"},
		CurvePreferences: []tls.CurveID{tls.X25519},
	}), handler))
}

func listen() net.Listener {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return ln
}

// makeCertificate writes a self-signed certificate for 127.0.0.1 that is its own
// root: ECDSA P-256, as most gateways have today.
func makeCertificate(root, rootAndKey string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench gateway"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	var all strings.Builder
	pem.Encode(&all, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(root, []byte(all.String()), 0o600); err != nil {
		return err
	}
	pem.Encode(&all, &pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	return os.WriteFile(rootAndKey, []byte(all.String()), 0o600)
}
