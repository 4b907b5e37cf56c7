package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// peer is a way from the load to the gateway: a process, two, or none.
type peer struct {
	name  string
	cmds  []*exec.Cmd
	proxy *url.URL // explicit proxy, nil if there is none
	wss   string   // URL to open
	ws    string   // URL to open in clear

	metrics string // URL of its metrics, "" if it has none
}

// starter makes one kind of peer.
type starter struct {
	name  string
	start func(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error)
	small bool // takes the memory of another, which is not measured again
}

var starters = []starter{
	{"direct", startDirect, false},
	{"why403", startWhy403, false},
	{"why403 --reverse", startReverse, true},
	{"why403 --pcap", startPackets, true},
	{"HAProxy", startHAProxy, false},
	{"mitmproxy", startMitmproxy, false},
	{"2 why403", startTwo, false},
}

func startDirect(_ context.Context, _ *plan, g *gateway, _ string) (*peer, error) {
	return &peer{name: "direct", wss: "wss://" + g.secure + "/ws", ws: "ws://" + g.plain + "/ws"}, nil
}

func startWhy403(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error) {
	port, ui := freePort(), freePort()
	cmd, err := why403(ctx, p, g, dir, "--listen", "127.0.0.1:"+port, "--ui", "127.0.0.1:"+ui)
	if err != nil {
		return nil, err
	}
	pr, err := explicit("why403", port, g, cmd)
	pr.metrics = "http://127.0.0.1:" + ui + "/metrics"
	return pr, err
}

// startReverse starts a process each for wss and ws that stands in the gateway's place,
// as HAProxy does: clients are spared the CONNECT.
func startReverse(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error) {
	secure, plain := freePort(), freePort()
	pr := &peer{name: "why403 --reverse", wss: "wss://127.0.0.1:" + secure + "/ws", ws: "ws://127.0.0.1:" + plain + "/ws"}
	for port, upstream := range map[string]string{secure: "wss://" + g.secure, plain: "ws://" + g.plain} {
		cmd, err := why403(ctx, p, g, dir, "--listen", "127.0.0.1:"+port, "--reverse", upstream, "--ui", "off")
		if err != nil {
			return nil, err
		}
		pr.cmds = append(pr.cmds, cmd)
	}
	return pr, pr.start(secure, plain)
}

// startPackets starts one that writes all packets, too.
func startPackets(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error) {
	port := freePort()
	file := filepath.Join(dir, fmt.Sprintf("packets-%d.pcapng", time.Now().UnixNano()))
	cmd, err := why403(ctx, p, g, dir, "--listen", "127.0.0.1:"+port, "--ui", "off", "--pcap", file)
	if err != nil {
		return nil, err
	}
	return explicit("why403 --pcap", port, g, cmd)
}

// startTwo starts two processes on one port, for more sockets than one may have
// descriptors for.
func startTwo(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error) {
	port := freePort()
	var cmds []*exec.Cmd
	for range 2 {
		cmd, err := why403(ctx, p, g, dir, "--listen", "127.0.0.1:"+port, "--reuse-port", "--ui", "off")
		if err != nil {
			return nil, err
		}
		cmds = append(cmds, cmd)
	}
	return explicit("2 why403", port, g, cmds...)
}

// why403 prepares a recording proxy with an authority that is not the user's.
func why403(ctx context.Context, p *plan, g *gateway, dir string, args ...string) (*exec.Cmd, error) {
	authority := filepath.Join(dir, "ca")
	if _, err := os.Stat(authority); err != nil {
		if out, err := exec.CommandContext(ctx, p.why403, "ca", "new", "--ca-dir", authority).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("why403 ca new: %w: %s", err, out)
		}
	}
	run := filepath.Join(dir, fmt.Sprintf("run-%d.db", time.Now().UnixNano()))
	return exec.CommandContext(ctx, p.why403, append([]string{"proxy", "--host", "*", "--ca-dir", authority,
		"--upstream-ca", g.root, "--run", run, "-o", filepath.Join(dir, "report.html")}, args...)...), nil
}

func startMitmproxy(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error) {
	port := freePort()
	cmd := exec.CommandContext(ctx, p.mitmdump, "-q", "--listen-host", "127.0.0.1", "-p", port,
		"--set", "confdir="+filepath.Join(dir, "mitm"), "--set", "ssl_verify_upstream_trusted_ca="+g.root, "--set", "http2=false")
	return explicit("mitmproxy", port, g, cmd)
}

// explicit starts an HTTP proxy and waits for its port.
func explicit(name, port string, g *gateway, cmds ...*exec.Cmd) (*peer, error) {
	pr := &peer{name: name, cmds: cmds, wss: "wss://" + g.secure + "/ws", ws: "ws://" + g.plain + "/ws",
		proxy: &url.URL{Scheme: "http", Host: "127.0.0.1:" + port}}
	return pr, pr.start(port)
}

const haproxyConfig = `global
  maxconn 9950
  nbthread 2
defaults
  mode http
  timeout connect 10s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
frontend secure
  bind 127.0.0.1:%[1]s ssl crt %[3]s alpn http/1.1 curves X25519
  default_backend gateway
frontend plain
  bind 127.0.0.1:%[2]s
  default_backend gateway-plain
backend gateway
  http-reuse never
  server g %[4]s ssl verify required ca-file %[5]s sni str(localhost) curves X25519 no-ssl-reuse
backend gateway-plain
  http-reuse never
  server g %[6]s
`

func startHAProxy(ctx context.Context, p *plan, g *gateway, dir string) (*peer, error) {
	secure, plain := freePort(), freePort()
	config := filepath.Join(dir, "haproxy.cfg")
	text := fmt.Sprintf(haproxyConfig, secure, plain, g.rootAndKey, g.secure, g.root, g.plain)
	if _, err := exec.Command(p.haproxy, "-v").Output(); err != nil {
		return nil, fmt.Errorf("HAProxy: %w", err)
	}
	// An old HAProxy knows no curves on a server line.
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	if exec.Command(p.haproxy, "-c", "-f", config).Run() != nil {
		text = strings.Replace(text, " curves X25519 no-ssl-reuse", " no-ssl-reuse", 1)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	pr := &peer{name: "HAProxy", cmds: []*exec.Cmd{exec.CommandContext(ctx, p.haproxy, "-db", "-f", config)},
		wss: "wss://127.0.0.1:" + secure + "/ws", ws: "ws://127.0.0.1:" + plain + "/ws"}
	return pr, pr.start(secure)
}

// start starts the processes and waits until something listens on each port.
func (p *peer) start(ports ...string) error {
	for _, cmd := range p.cmds {
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = 5 * time.Second
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("start %s: %w", p.name, err)
		}
	}
	for _, port := range ports {
		if !listening(port) {
			p.stop()
			return fmt.Errorf("start %s: nothing listens on port %s", p.name, port)
		}
	}
	return nil
}

func listening(port string) bool {
	for range 200 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

// stop kills: a verdict and a report of each run, which nobody reads, would take minutes
// in all.
func (p *peer) stop() {
	for _, cmd := range p.cmds {
		if cmd.Process != nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	}
}

func freePort() string {
	ln := listen()
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}
