package main

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"why403/proxy"
)

// wiring holds the flags that say how clients reach the proxy and how it reaches
// gateways.
type wiring struct {
	reverse, resolve, sources    []string
	proxyUser, via               string
	clientCertificate, clientKey string
	keyLog, packets              string
	control, mark                int
	transparent                  string
	reusePort                    bool
}

func (w *wiring) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&w.reverse, "reverse", nil, "stand in as the gateway at this `URL`, wss://host[:port]; may be repeated, then they take turns")
	f.StringVar(&w.proxyUser, "proxy-user", "", "`user:password` that clients of the proxy have to show (or WHY403_PROXY_USER)")
	f.StringVar(&w.via, "via", "", "reach gateways through the proxy at this `URL`, http://host:port or socks5://host:port (or WHY403_VIA)")
	f.StringArrayVar(&w.resolve, "resolve", nil, "reach `host:port:address` at that address without a look-up; may be repeated")
	f.StringSliceVar(&w.sources, "source", nil, "local `address` to reach gateways from; with several they take turns, each good for some 28,000 sockets")
	f.StringVar(&w.transparent, "transparent", "", "serve clients that nftables leads here by `redirect` or tproxy (Linux; docs/proxy.md)")
	f.IntVar(&w.mark, "mark", 0, "`mark` connections to gateways, so that nftables can leave them alone (Linux)")
	f.BoolVar(&w.reusePort, "reuse-port", false, "let several processes listen on one address, each with a run of its own (Linux)")
	f.IntVar(&w.control, "direct-control", 0, "let every `N`th tunnel through unread, to see whether the proxy itself is refused")
	f.StringVar(&w.clientCertificate, "client-cert", "", "PEM `file` with the certificate for gateways that want one")
	f.StringVar(&w.keyLog, "keylog", "", "append the TLS secrets of both sides to this `file` (SSLKEYLOGFILE): whoever has it can read a capture of the traffic")
	f.StringVar(&w.packets, "pcap", "", "write what the sockets of both sides carry to this pcapng `file`, with the TLS secrets: whoever has it can read the traffic")
	f.StringVar(&w.clientKey, "client-key", "", "PEM `file` with its key (default: the certificate's file)")
}

// apply adds what the flags say to opt.
func (w *wiring) apply(opt *proxy.Options) error {
	for _, url := range w.reverse {
		up, err := proxy.ParseUpstream(url)
		if err != nil {
			return usageError{err}
		}
		opt.Reverse = append(opt.Reverse, up)
	}
	for _, pin := range w.resolve {
		p, err := proxy.ParsePin(pin)
		if err != nil {
			return usageError{err}
		}
		opt.Pins = append(opt.Pins, p)
	}
	for _, source := range w.sources {
		addr, err := netip.ParseAddr(source)
		if err != nil {
			return usageError{fmt.Errorf("--source %q is no IP address", source)}
		}
		opt.Sources = append(opt.Sources, addr)
	}
	if err := w.applyVia(opt); err != nil {
		return err
	}
	if err := w.applyCertificate(opt); err != nil {
		return err
	}
	if w.control < 0 {
		return usageError{errors.New("--direct-control needs a number above 0")}
	}
	opt.DirectControl = w.control
	opt.Transparent, opt.Mark, opt.ReusePort = proxy.Transparent(w.transparent), w.mark, w.reusePort
	if err := w.applyKeyLog(opt); err != nil {
		return err
	}
	return w.applyCredentials(opt)
}

func (w *wiring) applyKeyLog(opt *proxy.Options) error {
	if w.keyLog == "" {
		return nil
	}
	f, err := os.OpenFile(w.keyLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open key log: %w", err)
	}
	opt.KeyLog = f // unbuffered, and open until the process ends
	return nil
}

func (w *wiring) applyVia(opt *proxy.Options) (err error) {
	if via := orEnvironment(w.via, "WHY403_VIA"); via != "" {
		if opt.Via, err = proxy.ParseVia(via); err != nil {
			return usageError{err}
		}
	}
	return nil
}

func (w *wiring) applyCertificate(opt *proxy.Options) error {
	if w.clientCertificate == "" {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(w.clientCertificate, cmp.Or(w.clientKey, w.clientCertificate))
	if err != nil {
		return fmt.Errorf("read client certificate: %w", err)
	}
	opt.ClientCertificates = []tls.Certificate{cert}
	return nil
}

func (w *wiring) applyCredentials(opt *proxy.Options) error {
	opt.Credentials = orEnvironment(w.proxyUser, "WHY403_PROXY_USER")
	if opt.Credentials != "" && !strings.Contains(opt.Credentials, ":") {
		return usageError{errors.New("--proxy-user needs user:password")}
	}
	return nil
}

// orEnvironment returns a flag's value, or that of a variable if it has none: a
// command line is no place for a password.
func orEnvironment(value, name string) string { return cmp.Or(value, os.Getenv(name)) }
