package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"why403/proxy"
)

// wiring holds the flags that say how clients reach the proxy and how it reaches
// gateways.
type wiring struct {
	reverse   []string
	proxyUser string
}

func (w *wiring) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&w.reverse, "reverse", nil, "stand in as the gateway at this `URL`, wss://host[:port]; may be repeated, then they take turns")
	f.StringVar(&w.proxyUser, "proxy-user", "", "`user:password` that clients of the proxy have to show (or WHY403_PROXY_USER)")
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
	if opt.Credentials = w.proxyUser; opt.Credentials == "" {
		opt.Credentials = os.Getenv("WHY403_PROXY_USER")
	}
	if opt.Credentials != "" && !strings.Contains(opt.Credentials, ":") {
		return usageError{errors.New("--proxy-user needs user:password")}
	}
	return nil
}
