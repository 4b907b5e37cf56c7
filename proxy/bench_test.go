package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"why403/capture"
	"why403/capture/token"
)

// The proxy of the benchmarks is a process of its own, this test binary run again,
// so that its memory and its collector are not the gateway's and the client's. It
// records everything but keeps nothing. Take ratios within one run.

// benchProcess holds the file with the roots that the proxy process trusts.
const benchProcess = "WHY403_BENCH_PROXY"

type discardSink struct{ n atomic.Int64 }

func (s *discardSink) Put(capture.Record) { s.n.Add(1) }

// runBenchProxy serves until its input ends. It says where it listens, and then
// how much memory it uses whenever it is sent a line.
func runBenchProxy(roots string) error {
	bundle, err := os.ReadFile(roots)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(bundle)
	p := New(newAuthority(new(testing.B)), token.NewKeeper(make([]byte, 32)), new(discardSink), Options{Roots: pool})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() { p.Serve(ctx, ln) })
	fmt.Println(ln.Addr())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		runtime.GC()
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapAlloc, m.StackInuse, residentKiB()<<10)
	}
	cancel()
	served.Wait()
	return nil
}

// residentKiB is the process's resident memory, 0 where /proc does not tell.
func residentKiB() (kib int64) {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	fmt.Sscan(after, &kib)
	return kib
}

// bench is a gateway that echoes, and a proxy before it.
type bench struct {
	gateway string // wss URL
	proxied websocket.Dialer
	direct  websocket.Dialer
	in      io.Writer
	out     *bufio.Reader
}

func newBench(b *testing.B) *bench {
	log.SetOutput(io.Discard)
	upgrader := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: new(sync.Pool)}
	gw := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for {
			kind, msg, err := conn.ReadMessage()
			if err != nil || conn.WriteMessage(kind, msg) != nil {
				return
			}
		}
	}))
	leaf, roots := gatewayLeaf(b)
	gw.TLS.Certificates = []tls.Certificate{*leaf}
	b.Cleanup(gw.Close)

	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), benchProcess+"="+roots)
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	s := &bench{gateway: "wss" + strings.TrimPrefix(gw.URL, "https"), in: in, out: bufio.NewReader(out)}
	addr, err := s.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	client := &tls.Config{InsecureSkipVerify: true, CurvePreferences: []tls.CurveID{tls.X25519}} // as JMeter
	s.direct = websocket.Dialer{TLSClientConfig: client, ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: new(sync.Pool)}
	s.proxied = s.direct
	s.proxied.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: strings.TrimSpace(addr)})
	return s
}

// gatewayLeaf makes a leaf for the gateway and a file with the root it hangs from.
func gatewayLeaf(b *testing.B) (*tls.Certificate, string) {
	a := newAuthority(b)
	leaf, err := a.Leaf("127.0.0.1")
	if err != nil {
		b.Fatal(err)
	}
	file := b.TempDir() + "/roots.pem"
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600); err != nil {
		b.Fatal(err)
	}
	return leaf, file
}

// open opens a socket.
func (s *bench) open(b *testing.B, d *websocket.Dialer) *websocket.Conn {
	conn, _, err := d.Dial(s.gateway, nil)
	if err != nil {
		b.Error(err)
		return nil
	}
	return conn
}

// memory asks the proxy for its live heap, stacks and resident memory in bytes.
func (s *bench) memory(b *testing.B) (heap, stacks, resident float64) {
	fmt.Fprintln(s.in)
	line, _ := s.out.ReadString('\n')
	if _, err := fmt.Sscan(line, &heap, &stacks, &resident); err != nil {
		b.Fatalf("proxy said %q: %v", line, err)
	}
	return heap, stacks, resident
}

// BenchmarkUpgrades opens and closes sockets with 16 workers, full handshakes, in
// turns directly and through the proxy, a second each.
func BenchmarkUpgrades(b *testing.B) {
	s := newBench(b)
	rate := func(d *websocket.Dialer) float64 {
		var done atomic.Int64
		start := time.Now()
		var workers sync.WaitGroup
		for range 16 {
			workers.Go(func() {
				for time.Since(start) < time.Second {
					if conn := s.open(b, d); conn != nil {
						conn.NetConn().Close()
						done.Add(1)
					}
				}
			})
		}
		workers.Wait()
		return float64(done.Load()) / time.Since(start).Seconds()
	}
	var direct, proxied float64
	for b.Loop() {
		direct, proxied = 0, 0
		for range 3 {
			direct += rate(&s.direct) / 3
			proxied += rate(&s.proxied) / 3
		}
	}
	b.ReportMetric(direct, "direct/s")
	b.ReportMetric(proxied, "proxied/s")
	b.ReportMetric(proxied/direct, "ratio")
}

// BenchmarkRelay echoes messages over 8 sockets, directly and through the proxy.
func BenchmarkRelay(b *testing.B) {
	s := newBench(b)
	for _, size := range []int{128, 16 << 10} {
		for _, way := range []struct {
			name string
			d    *websocket.Dialer
		}{{"direct", &s.direct}, {"proxied", &s.proxied}} {
			b.Run(fmt.Sprintf("%dB/%s", size, way.name), func(b *testing.B) {
				b.SetBytes(int64(2 * size))
				b.SetParallelism(8 / runtime.GOMAXPROCS(0))
				b.RunParallel(func(pb *testing.PB) {
					conn := s.open(b, way.d)
					defer conn.Close()
					msg := make([]byte, size)
					for pb.Next() {
						if err := conn.WriteMessage(websocket.BinaryMessage, msg); err != nil {
							b.Error(err)
							return
						}
						if _, _, err := conn.ReadMessage(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			})
		}
	}
}

// BenchmarkMemory holds 1,000 open sockets, idle at first and then after a message
// of 16 KiB each way.
func BenchmarkMemory(b *testing.B) {
	const sockets = 1000
	s := newBench(b)
	for b.Loop() {
		warm := s.open(b, &s.proxied)
		warm.Close()
		heap, stacks, resident := s.memory(b)
		conns := make([]*websocket.Conn, 0, sockets)
		for range sockets {
			conns = append(conns, s.open(b, &s.proxied))
		}
		report := func(when string) {
			h, st, rss := s.memory(b)
			b.ReportMetric((h-heap)/sockets/1024, when+"-heap-KiB/socket")
			b.ReportMetric((st-stacks)/sockets/1024, when+"-stack-KiB/socket")
			b.ReportMetric((rss-resident)/sockets/1024, when+"-rss-KiB/socket")
		}
		report("idle")
		msg := make([]byte, 16<<10)
		for _, conn := range conns {
			if err := conn.WriteMessage(websocket.BinaryMessage, msg); err != nil {
				b.Fatal(err)
			}
			if _, _, err := conn.ReadMessage(); err != nil {
				b.Fatal(err)
			}
		}
		report("used")
		for _, conn := range conns {
			conn.Close()
		}
	}
}
