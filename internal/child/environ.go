package child

import (
	"net"
	"strings"
)

// Trust is where a tool finds the authority that signs the proxy's certificates.
type Trust struct {
	Bundle     string // PEM file: the system's roots and the authority
	Root       string // PEM file: the authority alone, for tools that add it to their own roots
	TrustStore string // PKCS #12 file with the bundle's certificates, for Java
	Password   string // of TrustStore
}

// Environ returns env with the variables that point a tool at the proxy. Java
// tools other than JMeter are given the proxy too; exceptions from proxying are
// cleared, because what bypasses the proxy is not recorded.
func Environ(env []string, proxy net.Addr, trust Trust, jmeter bool) []string {
	url := "http://" + proxy.String()
	set := map[string]string{
		"HTTP_PROXY": url, "HTTPS_PROXY": url, "ALL_PROXY": url, "NO_PROXY": "",
		"http_proxy": url, "https_proxy": url, "all_proxy": url, "no_proxy": "",
		"NODE_USE_ENV_PROXY":  "1",
		"SSL_CERT_FILE":       trust.Bundle,
		"REQUESTS_CA_BUNDLE":  trust.Bundle,
		"CURL_CA_BUNDLE":      trust.Bundle,
		"NODE_EXTRA_CA_CERTS": trust.Root,
	}
	var out []string
	java := javaOptions(proxy, trust, jmeter)
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if name == "JAVA_TOOL_OPTIONS" {
			java = value + " " + java
			continue
		}
		if _, ours := set[name]; !ours {
			out = append(out, kv)
		}
	}
	for _, name := range variables {
		out = append(out, name+"="+set[name])
	}
	return append(out, "JAVA_TOOL_OPTIONS="+java)
}

// variables fixes the order of what Environ adds.
var variables = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
	"http_proxy", "https_proxy", "all_proxy", "no_proxy",
	"NODE_USE_ENV_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
}

// javaOptions are the JVM's system properties. JMeter is told its proxy on the
// command line and would take these for defaults of every sampler.
func javaOptions(proxy net.Addr, trust Trust, jmeter bool) string {
	opts := []string{
		"-Djavax.net.ssl.trustStore=" + trust.TrustStore,
		"-Djavax.net.ssl.trustStorePassword=" + trust.Password,
		"-Djavax.net.ssl.trustStoreType=PKCS12",
	}
	host, port, err := net.SplitHostPort(proxy.String())
	if err == nil && !jmeter {
		for _, scheme := range []string{"http", "https"} {
			opts = append(opts, "-D"+scheme+".proxyHost="+host, "-D"+scheme+".proxyPort="+port)
		}
		opts = append(opts, "-Dhttp.nonProxyHosts=")
	}
	for i, o := range opts {
		opts[i] = quoteJava(o)
	}
	return strings.Join(opts, " ")
}

// quoteJava protects white space: the JVM splits JAVA_TOOL_OPTIONS at it, except
// within quotes.
func quoteJava(opt string) string {
	if strings.ContainsAny(opt, " \t") {
		return `"` + opt + `"`
	}
	return opt
}
