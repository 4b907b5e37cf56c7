package e2e

import (
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"why403/internal/sim"
)

// TestJMeterFindsHAProxysCap: HAProxy as the gateway ends TLS, checks the tokens
// and answers 403 once a stick table counts 25 sockets. Behind it is a WebSocket
// server that takes everybody.
func TestJMeterFindsHAProxysCap(t *testing.T) {
	need(t, "java", "haproxy")
	const room = 25
	p := plan{"threads": "40", "rampup": "5", "loops": "8", "hold": "3", "ping": "1", "pause": "600", "pause.max": "1400", "token.mode": "thread"}
	f := compare(t, func(t *testing.T) gateway { return haproxy(t, room) }, p)
	cause := wantCause(t, f, "concurrency-cap", "global")
	if cause.Threshold == nil || cause.Threshold.Value < room-1 || cause.Threshold.Value > room+1 {
		t.Errorf("threshold %+v, want about %d", cause.Threshold, room)
	}
}

// haproxy starts HAProxy with testdata/haproxy/gateway.cfg.
func haproxy(t *testing.T, room int) gateway {
	t.Helper()
	const key = "signs-tokens-of-tests-with-HS256" // no comma: it becomes an argument in the configuration
	issued := newVault()
	issuer := sim.IssuerOptions{Secret: []byte(key), OnIssue: issued.token}
	server, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Plain: true, Issuer: issuer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	roots, bundle := certificate(t)

	cmd := command(t.Context(), "haproxy", "-db", "-f", root(t, "testdata/haproxy/gateway.cfg"))
	cmd.Env = append(cmd.Env, "CERT="+write(t, filepath.Join(dir, "bundle.pem"), bundle), "TOKEN_KEY="+key,
		"CAP="+strconv.Itoa(room), "BACKEND="+server.Addr().String())
	ln := listen(t)
	log := ln.hand(t, cmd)
	waitTLS(t, ln.addr, log)
	host, port, _ := net.SplitHostPort(ln.addr)
	tokens := "https://" + ln.addr + "/oauth/token"
	return gateway{host, port, tokens, write(t, filepath.Join(dir, "roots.pem"), roots), issued}
}

// waitTLS returns once a handshake at addr succeeds.
func waitTLS(t *testing.T, addr string, log fmt.Stringer) {
	t.Helper()
	dialer := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: 10 * time.Second},
		Config:    &tls.Config{InsecureSkipVerify: true},
	}
	conn, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatalf("HAProxy does not answer: %v\n%s", err, log)
	}
	conn.Close()
}
