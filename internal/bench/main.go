// Command bench measures why403's proxy side by side with no proxy, HAProxy and
// mitmproxy: upgrades per second, added latency, memory of open sockets, CPU of a
// relayed message. All run on this machine in turn, round after round, so that the
// ratios mean something where absolute figures do not; it prints the tables of
// docs/performance.md.
//
// The gateway is a process of its own (gateway.go), the load is this one
// (load.go), and each proxy is started with TLS on both sides and, for why403,
// with recording on (peers.go). HAProxy only works as a reverse proxy: it is spared
// the CONNECT that the others get.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "gateway" {
		serveGateway()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var p plan
	flag.StringVar(&p.why403, "why403", "", "`binary` of why403 (required)")
	flag.StringVar(&p.haproxy, "haproxy", "haproxy", "`binary` of HAProxy")
	flag.StringVar(&p.mitmdump, "mitmdump", "mitmdump", "`binary` of mitmproxy's mitmdump")
	flag.IntVar(&p.rounds, "rounds", 3, "rounds of each measurement")
	flag.DurationVar(&p.span, "span", 4*time.Second, "length of a measurement")
	flag.IntVar(&p.sockets, "sockets", 5000, "open sockets for the memory measurement, a tenth of it for mitmproxy")
	flag.DurationVar(&p.hold, "hold", 0, "in memory and soak: how long to hold the open sockets, with a message on each every 10 s")
	flag.IntVar(&p.churn, "churn", 0, "in soak: sockets a second that are closed and replaced")
	flag.StringVar(&p.peers, "peers", "direct,why403,why403 --reverse,why403 --pcap,HAProxy,mitmproxy", "which ways to measure")
	only := flag.String("only", "rate,latency,memory,echo,plain", "what to measure")
	flag.Parse()
	p.only = *only
	if err := p.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
