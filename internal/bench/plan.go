package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// plan says what to measure and with what.
type plan struct {
	why403, haproxy, mitmdump string
	rounds, sockets, churn    int
	span, hold                time.Duration
	only, peers               string

	gateway *gateway // that all ways lead to
}

// measurement fills the rows of one table.
type measurement struct {
	name, title string
	columns     []string
	// measure returns one round's figures for a peer, one a column.
	measure func(ctx context.Context, p *plan, pr *peer) ([]float64, error)
	direct  bool // makes sense without a proxy
	most    int  // rounds, of what hardly differs between them; 0 for as many as asked for
}

// rateColumns are the rate, and the processor time that an upgrade costs the proxy and
// the gateway, in µs. On a busy machine the proxy's as a multiple of the gateway's is
// the steadiest figure.
var rateColumns = []string{"upgrades/s", "proxy µs", "gateway µs"}

var measurements = []measurement{
	{"rate", "wss upgrades a second, closed loop of 16", rateColumns, measureRate, true, 0},
	{"plain", "ws upgrades a second, closed loop of 16", rateColumns, measurePlain, true, 0},
	{"latency", "time to open a wss socket at 100 a second", []string{"p50 ms", "p99 ms"}, measureLatency, true, 0},
	{"memory", "RSS of an open wss socket", []string{"KiB idle", "KiB after 16 KB", "descriptors"}, measureMemory, false, 1},
	{"soak", "open sockets that come and go", []string{"MiB RSS grown", "goroutines grown", "descriptors grown"}, measureSoak, false, 1},
	{"echo", "CPU of an echoed 128 B message (two relayed)", []string{"µs"}, measureEcho, false, 2},
}

func (p *plan) run(ctx context.Context, w io.Writer) error {
	if p.why403 == "" {
		return errors.New("-why403 is required")
	}
	dir, err := os.MkdirTemp("", "why403-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	g, err := startGateway(ctx, dir)
	if err != nil {
		return err
	}
	defer g.stop()
	p.gateway = g
	for _, m := range measurements {
		if slices.Contains(strings.Split(p.only, ","), m.name) {
			if err := p.table(ctx, w, m, g, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// table measures all peers in turn, round after round, and prints a row each.
func (p *plan) table(ctx context.Context, w io.Writer, m measurement, g *gateway, dir string) error {
	figures := make([][][]float64, len(starters)) // by peer, round, column
	rounds := p.rounds
	if m.most > 0 {
		rounds = min(rounds, m.most)
	}
	for range rounds {
		for i, s := range starters {
			if s.name == "direct" && !m.direct || s.small && m.name == "memory" || !slices.Contains(strings.Split(p.peers, ","), s.name) {
				continue
			}
			pr, err := s.start(ctx, p, g, dir)
			if err != nil {
				fmt.Fprintf(os.Stderr, "bench: %s is left out: %v\n", s.name, err)
				continue
			}
			row, err := m.measure(ctx, p, pr)
			pr.stop()
			if err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			figures[i] = append(figures[i], row)
		}
	}
	printTable(w, m, figures)
	return nil
}

// settle is how long memory is given to come to rest.
const settle = 25 * time.Second

// warmup lets certificates be minted and code be compiled.
const warmup = time.Second

func measureRate(ctx context.Context, p *plan, pr *peer) ([]float64, error) {
	return rate(ctx, p, pr, pr.wss)
}

func measurePlain(ctx context.Context, p *plan, pr *peer) ([]float64, error) {
	return rate(ctx, p, pr, pr.ws)
}

func rate(ctx context.Context, p *plan, pr *peer, target string) ([]float64, error) {
	if _, err := pr.closedLoop(ctx, target, 16, warmup); err != nil {
		return nil, err
	}
	proxy, err := pr.cpu()
	if err != nil {
		return nil, err
	}
	gateway, err := p.gateway.cpu()
	if err != nil {
		return nil, err
	}
	r, err := pr.closedLoop(ctx, target, 16, p.span)
	if err != nil {
		return nil, err
	}
	proxyNow, err := pr.cpu()
	if err != nil {
		return nil, err
	}
	gatewayNow, err := p.gateway.cpu()
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / (r * p.span.Seconds()) }
	return []float64{r, each(proxyNow - proxy), each(gatewayNow - gateway)}, err
}

func measureLatency(ctx context.Context, p *plan, pr *peer) ([]float64, error) {
	if _, err := pr.openLoop(ctx, pr.wss, 100, warmup); err != nil {
		return nil, err
	}
	took, err := pr.openLoop(ctx, pr.wss, 100, p.span)
	if err != nil {
		return nil, err
	}
	ms := func(q float64) float64 { return took[int(q*float64(len(took)-1))].Seconds() * 1e3 }
	return []float64{ms(0.5), ms(0.99)}, nil
}

func measureMemory(ctx context.Context, p *plan, pr *peer) ([]float64, error) {
	n := p.sockets
	if pr.name == "mitmproxy" {
		n /= 10
	}
	if _, err := pr.closedLoop(ctx, pr.wss, 4, warmup); err != nil {
		return nil, err
	}
	before, err := pr.rss()
	if err != nil {
		return nil, err
	}
	conns, err := pr.openMany(ctx, pr.wss, n)
	if err != nil {
		return nil, err
	}
	defer closeAll(conns)
	time.Sleep(settle)
	idle, err := pr.rss()
	if err != nil {
		return nil, err
	}
	if err := echo(conns, 16<<10); err != nil {
		return nil, err
	}
	time.Sleep(settle)
	after, err := pr.rss()
	if err != nil {
		return nil, err
	}
	descriptors := pr.descriptors()
	if err := p.holdOpen(ctx, pr, conns, nil); err != nil {
		return nil, err
	}
	each := func(bytes int64) float64 { return float64(bytes-before) / float64(n) / 1024 }
	return []float64{each(idle), each(after), float64(descriptors)}, nil
}

func measureEcho(ctx context.Context, p *plan, pr *peer) ([]float64, error) {
	conns, err := pr.openMany(ctx, pr.wss, 50)
	if err != nil {
		return nil, err
	}
	defer closeAll(conns)
	before, err := pr.cpu()
	if err != nil {
		return nil, err
	}
	messages := 0
	for end := time.Now().Add(p.span); time.Now().Before(end); messages += len(conns) {
		if err := echo(conns, 128); err != nil {
			return nil, err
		}
	}
	after, err := pr.cpu()
	return []float64{float64((after - before).Microseconds()) / float64(messages)}, err
}
