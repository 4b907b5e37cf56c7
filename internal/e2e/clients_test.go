package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"why403/capture"
	"why403/capture/runfile"
	"why403/internal/sim"
)

// TestClients opens three sockets with each client at a gateway that has room for
// two: the client is to see two sockets and a refusal, and the run is to hold them.
func TestClients(t *testing.T) {
	for _, client := range []struct {
		name  string
		tools []string
		// open returns what the client said of the three.
		open func(t *testing.T, url string, r *recorder) string
		want string
	}{
		{"Node.js", []string{"node", "npm"}, openWithNode, "open n3\nopen n2\nrefused 403\n"},
		{"Chromium", []string{"chromium"}, openWithChromium, "open open error"},
		{"curl", []string{"curl"}, openWithCurl, "101 101 403"},
		{"k6", []string{"k6"}, openWithK6, "101 101 403"},
	} {
		t.Run(client.name, func(t *testing.T) {
			need(t, client.tools...)
			gw, err := sim.StartGateway(t.Context(), sim.GatewayOptions{Cap: 2, Names: []string{gatewayName}})
			if err != nil {
				t.Fatal(err)
			}
			defer gw.Close()
			r := record(t, gw, "--resolve", resolveGateway(gw))
			if diff := cmp.Diff(client.want, client.open(t, gw.URL(), r)); diff != "" {
				t.Error(diff)
			}
			r.cmd.Process.Signal(os.Interrupt)
			if err := r.cmd.Wait(); err != nil {
				t.Fatalf("%v: %q", err, r.stderr.all())
			}
			run, err := runfile.Open(r.run)
			if err != nil {
				t.Fatal(err)
			}
			outcomes := map[capture.Outcome]int{}
			for _, u := range run.Upgrades {
				outcomes[u.Outcome]++
			}
			if diff := cmp.Diff(map[capture.Outcome]int{capture.Accepted: 2, capture.Refused: 1}, outcomes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func openWithNode(t *testing.T, url string, r *recorder) string {
	// https-proxy-agent cannot check a certificate for an address.
	url = strings.Replace(url, "127.0.0.1", "localhost", 1)
	cmd := command(t.Context(), "node", root(t, "testdata/node/open.js"), url, "3")
	cmd.Env = append(cmd.Env, "HTTPS_PROXY="+r.url.String(), "NODE_EXTRA_CA_CERTS="+r.root, "NODE_PATH="+nodeModules(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("node: %v", err)
	}
	return string(out)
}

// nodeModules gets the npm packages that scripts in testdata/node need.
func nodeModules(t *testing.T) string {
	t.Helper()
	out, err := command(t.Context(), root(t, ".ci/node")).Output()
	if err != nil {
		t.Fatalf("get npm packages: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// openPage opens sockets one after another and tells its server how they went. The
// picture keeps Chromium on the page until then.
const openPage = `<!doctype html><title>sockets</title><img src="/wait" alt=""><script>
const went = [], open = [];
function next(n) {
  if (n === 0) return fetch("/went?" + went.join("+"));
  const socket = new WebSocket(%q);
  socket.onopen = () => { went.push("open"); open.push(socket); next(n - 1) };
  socket.onerror = () => { went.push("error"); next(n - 1) };
}
next(3);
</script>`

func openWithChromium(t *testing.T, url string, r *recorder) string {
	told := make(chan string, 1)
	over := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, openPage, url)
	})
	mux.HandleFunc("/went", func(_ http.ResponseWriter, r *http.Request) {
		told <- strings.ReplaceAll(r.URL.RawQuery, "+", " ")
		close(over)
	})
	mux.HandleFunc("/wait", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	})
	site := httptest.NewServer(mux)
	defer site.Close()
	cmd := command(t.Context(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--proxy-server="+r.url.Host, "--proxy-bypass-list=<-loopback>;"+strings.TrimPrefix(site.URL, "http://"),
		"--ignore-certificate-errors", "--timeout=20000", "--dump-dom", site.URL)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
	select {
	case went := <-told:
		return went
	default:
		return "nothing"
	}
}

// gatewayName is a name of the gateway that why403 alone can resolve, for programs that
// do not use a proxy for loopback addresses.
const gatewayName = "gateway.test"

func resolveGateway(gw *sim.Gateway) string {
	addr := gw.Addr().String()
	host, port, _ := net.SplitHostPort(addr)
	return gatewayName + ":" + port + ":" + host
}

// statusOfK6 is what testdata/k6/open.js says.
var statusOfK6 = regexp.MustCompile(`status (\d+)`)

// openWithK6 opens the three at a time, in any order.
func openWithK6(t *testing.T, target string, r *recorder) string {
	target = strings.Replace(target, "127.0.0.1", gatewayName, 1)
	cmd := command(t.Context(), "k6", "run", "--quiet", "--no-usage-report", "-e", "TARGET="+target, "-e", "HOLD=2000", root(t, "testdata/k6/open.js"))
	cmd.Env = append(cmd.Env, "HTTPS_PROXY="+r.url.String(), "SSL_CERT_FILE="+r.root)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("k6: %v\n%s", err, out)
	}
	var said []string
	for _, m := range statusOfK6.FindAllStringSubmatch(string(out), -1) {
		said = append(said, m[1])
	}
	slices.Sort(said)
	return strings.Join(said, " ")
}

// statusOfOrigin is the status of what answered inside the tunnel; curl writes the
// answer to CONNECT before it, which is 200.
var statusOfOrigin = regexp.MustCompile(`^HTTP/1.1 (101|[345]\d\d)`)

// openWithCurl keeps each socket open for some seconds while it opens the next.
func openWithCurl(t *testing.T, url string, r *recorder) string {
	var said []string
	for range 3 {
		cmd := command(t.Context(), "curl", "-sS", "--http1.1", "--max-time", "5", "-o", os.DevNull, "-D", "-", "--proxy", r.url.String(), "--cacert", r.root,
			"-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
			"-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", strings.Replace(url, "wss:", "https:", 1))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		defer cmd.Process.Kill()
		said = append(said, follow(out).find(t, statusOfOrigin))
	}
	return strings.Join(said, " ")
}
