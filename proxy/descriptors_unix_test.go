//go:build unix

package proxy

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestDescriptorLimit runs the proxy as a process that may have few descriptors, and
// sends more clients than that is good for: they wait, what is open goes on, and
// they are served as others leave.
func TestDescriptorLimit(t *testing.T) {
	const limit, more = 200, 50
	sessions := connectionsWithin(limit)
	r := &rig{t: t, roots: newAuthority(t), stop: func() {}}
	gw := r.gateway(false, func(conn net.Conn, in *bufio.Reader) {
		readHead(in)
		io.WriteString(conn, switching)
		io.Copy(conn, in)
	})
	r.addr = startLimited(t, limit)
	conns := make([]net.Conn, sessions+more)
	for i := range conns {
		conns[i] = r.dial()
		io.WriteString(conns[i], "CONNECT "+gw+" HTTP/1.1\r\n\r\n"+upgradeHead(gw))
	}
	const opened = "HTTP/1.1 200 Connection established\r\n\r\n" + switching
	echoes := func(conn net.Conn) {
		t.Helper()
		io.WriteString(conn, "\x81\x80abcd")
		want(t, conn, "\x81\x80abcd")
	}
	for _, conn := range conns[:sessions] {
		want(t, conn, opened)
	}
	for _, conn := range conns[:sessions] {
		echoes(conn)
	}
	for _, conn := range conns[:more] {
		conn.Close()
	}
	for _, conn := range conns[sessions:] {
		want(t, conn, opened)
		echoes(conn)
	}
	echoes(conns[more])
}

// startLimited starts a proxy in a process with that descriptor limit. It returns
// its address.
func startLimited(t *testing.T, limit int) string {
	t.Helper()
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", "ulimit -n "+strconv.Itoa(limit)+` && exec "$0"`, os.Args[0])
	cmd.Env = append(os.Environ(), benchProcess+"="+roots)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(addr)
}
