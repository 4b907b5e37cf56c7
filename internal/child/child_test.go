package child_test

import (
	"context"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"why403/internal/child"
)

var proxy = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8403}

func TestArgsGiveJMeterTheProxy(t *testing.T) {
	for _, tt := range []struct{ name, argv, want string }{
		{"by name", "jmeter -n -t p.jmx", "jmeter -H 127.0.0.1 -P 8403 -n -t p.jmx"},
		{"by path", "/opt/jm/bin/jmeter.sh -n", "/opt/jm/bin/jmeter.sh -H 127.0.0.1 -P 8403 -n"},
		{"on Windows", `C:\jm\bin\jmeter.bat -n`, `C:\jm\bin\jmeter.bat -H 127.0.0.1 -P 8403 -n`},
		{"by jar", "java -Xmx1g -jar bin/ApacheJMeter.jar -n", "java -Xmx1g -jar bin/ApacheJMeter.jar -H 127.0.0.1 -P 8403 -n"},
		{"host and port given", "jmeter -H other -P 1 -n", "jmeter -H other -P 1 -n"},
		{"port given, long form", "jmeter --proxyPort=1 -n", "jmeter --proxyPort=1 -n"},
		{"property looks like a port", "jmeter -Jport=1", "jmeter -H 127.0.0.1 -P 8403 -Jport=1"},
		{"another jar", "java -jar app.jar", "java -jar app.jar"},
		{"another tool", "k6 run s.js", "k6 run s.js"},
		{"jar without a name", "java -jar", "java -jar"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			argv := strings.Fields(tt.argv)
			got := strings.Join(child.Args(argv, proxy), " ")
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if strings.Join(argv, " ") != tt.argv {
				t.Error("the caller's arguments were changed")
			}
		})
	}
}

func TestBypassNamesHostsThatAreNotRecorded(t *testing.T) {
	for argv, want := range map[string]string{
		"jmeter -n -N localhost|*.internal": "localhost|*.internal",
		"jmeter --nonProxyHosts=a -n":       "a",
		"jmeter -Na":                        "a",
		"jmeter -n":                         "",
		"k6 -N x":                           "",
	} {
		if got := child.Bypass(strings.Fields(argv)); got != want {
			t.Errorf("%s: got %q, want %q", argv, got, want)
		}
	}
}

func TestEnvironReplacesProxySettings(t *testing.T) {
	trust := child.Trust{Bundle: "/b.pem", Root: "/r.pem", TrustStore: "/my store.p12", Password: "changeit"}
	env := child.Environ([]string{"PATH=/bin", "HTTP_PROXY=http://old", "no_proxy=gw.example", "JAVA_TOOL_OPTIONS=-Xmx1g"}, proxy, trust, false)
	for _, want := range []string{"PATH=/bin", "HTTP_PROXY=http://127.0.0.1:8403", "no_proxy=", "SSL_CERT_FILE=/b.pem", "NODE_EXTRA_CA_CERTS=/r.pem"} {
		if !slices.Contains(env, want) {
			t.Errorf("%q is missing from %q", want, env)
		}
	}
	java := env[len(env)-1]
	for _, want := range []string{"JAVA_TOOL_OPTIONS=-Xmx1g ", `"-Djavax.net.ssl.trustStore=/my store.p12"`, "-Dhttps.proxyPort=8403"} {
		if !strings.Contains(java, want) {
			t.Errorf("%q is missing from %q", want, java)
		}
	}
	if slices.Contains(env, "HTTP_PROXY=http://old") {
		t.Error("the old proxy is still there")
	}
}

func TestRunReturnsTheToolsStatus(t *testing.T) {
	needShell(t)
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -TERM $$": 128 + int(syscall.SIGTERM)} {
		got, err := child.Tool{Argv: []string{"sh", "-c", script}}.Run(t.Context())
		if err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", script, got, err, want)
		}
	}
	if _, err := (child.Tool{Argv: []string{"no-such-tool-403"}}).Run(t.Context()); err == nil {
		t.Error("a tool that does not exist gave no error")
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	needShell(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	child.Tool{Argv: []string{"sleep", "60"}}.Run(ctx)
	if took := time.Since(start); took > child.Grace {
		t.Errorf("took %v to end", took)
	}
}

func needShell(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a POSIX shell")
	}
}
