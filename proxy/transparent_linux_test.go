package proxy

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"

	"why403/capture"
)

// inNamespace says that the test binary runs in a network namespace of its own, the
// rules of which it may change.
const inNamespace = "WHY403_TEST_NAMESPACE"

// namespaced runs the test again in a network namespace with nothing but loopback.
// It returns true there, and false once that has been done.
func namespaced(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inNamespace) != "" {
		return true
	}
	for _, tool := range []string{"unshare", "ip", "nft"} {
		if _, err := exec.LookPath(tool); err != nil || os.Getuid() != 0 {
			t.Skip("needs root, unshare, ip and nft")
		}
	}
	cmd := exec.Command("unshare", "--net", os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("in a namespace: %v\n%s", err, out)
	}
	return false
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
}

// newTransparent is a rig to which connections to the gateway on host are led by rules,
// all but its own.
func newTransparent(t *testing.T, how Transparent, host string, secure bool, rules string) (r *rig, gw string) {
	const mark = 403
	opt := Options{Transparent: how, Mark: mark}
	r = newRigOn(t, opt, func(r *rig, ln net.Listener) net.Listener {
		ln.Close()
		ln, err := opt.Listen(net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		r.host = host
		r.addr = ln.Addr().String()
		return ln
	})
	gw = r.refusing(secure)
	_, gwPort, _ := net.SplitHostPort(gw)
	_, port, _ := net.SplitHostPort(r.addr)
	command(t, "nft", fmt.Sprintf(rules, gwPort, mark, port))
	t.Cleanup(func() { command(t, "nft", "flush ruleset") })
	return r, gw
}

// directly dials the gateway as if there was no proxy.
func (r *rig) directly(gw string, secure bool) net.Conn {
	addr := r.addr
	r.addr = gw
	conn := r.dial()
	r.addr = addr
	if secure {
		return r.secured(conn, r.host)
	}
	return conn
}

func TestTransparent(t *testing.T) {
	if !namespaced(t) {
		return
	}
	command(t, "ip", "link", "set", "lo", "up")
	for _, family := range []struct{ option, table, host, literal, all string }{
		{"-4", "ip", "127.0.0.1", "127.0.0.1", "0.0.0.0/0"},
		{"-6", "ip6", "::1", "[::1]", "::/0"},
	} {
		command(t, "ip", family.option, "rule", "add", "fwmark", "1", "lookup", "100")
		command(t, "ip", family.option, "route", "add", "local", family.all, "dev", "lo", "table", "100")
		for how, chains := range map[Transparent]string{
			Redirect: "chain out { type nat hook output priority -100; tcp dport %s meta mark != %d redirect to :%s; }; ",
			TProxy: "chain out { type route hook output priority -150; tcp dport %[1]s meta mark != %[2]d meta mark set 1; }; " +
				"chain pre { type filter hook prerouting priority -150; tcp dport %[1]s meta mark 1 tproxy to " + family.literal + ":%[3]s; }; ",
		} {
			rules := "table " + family.table + " w { " + chains + "}"
			t.Run(family.table+" "+string(how), func(t *testing.T) {
				legs(t, func(t *testing.T, secure bool) { testTransparent(t, how, family.host, secure, rules) })
			})
		}
	}
}

func testTransparent(t *testing.T, how Transparent, host string, secure bool, rules string) {
	r, gw := newTransparent(t, how, host, secure, rules)
	conn := r.directly(gw, secure)
	io.WriteString(conn, upgradeHead(gw))
	want(t, conn, refusal)
	u := r.sink.upgrade(t, 0, func(u *capture.Upgrade) bool { return u.Status == 403 })
	if u.Authority != gw || u.Server.String() != gw || len(u.Edits) > 0 {
		t.Errorf("recorded authority %q, server %v, edits %q", u.Authority, u.Server, u.Edits)
	}
}

// TestNotRedirected: a client that comes to a transparent proxy by itself is not
// sent back to it for ever.
func TestNotRedirected(t *testing.T) {
	r := newRig(t, Options{Transparent: Redirect})
	conn := r.dial()
	io.WriteString(conn, "GET / HTTP/1.1\r\n\r\n")
	io.ReadAll(conn)
	r.sink.wait(t, "note", func(run *capture.Run) bool { return len(run.Notes) == 1 })
}

// TestReusePort: two proxies share a port.
func TestReusePort(t *testing.T) {
	opt := Options{ReusePort: true}
	first, err := opt.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := opt.Listen(first.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
	if ln, err := (Options{}).Listen(first.Addr().String()); err == nil {
		ln.Close()
		t.Error("a port is shared without being asked to")
	}
}

func TestListenRefusesOtherModes(t *testing.T) {
	if _, err := (Options{Transparent: "divert"}).Listen("127.0.0.1:0"); err == nil {
		t.Error("listens in a mode that there is not")
	}
}
