package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// measureSoak holds sockets open while some come and go, and returns what grew
// between the first minute, or the first tenth of a shorter run, and the end.
func measureSoak(ctx context.Context, p *plan, pr *peer) ([]float64, error) {
	conns, err := pr.openMany(ctx, pr.wss, p.sockets)
	if err != nil {
		return nil, err
	}
	defer closeAll(conns)
	var first, last usage
	warm := time.Now().Add(min(time.Minute, p.hold/10))
	err = p.holdOpen(ctx, pr, conns, func(u usage) {
		if last = u; time.Now().Before(warm) || first == (usage{}) {
			first = u
		}
	})
	return []float64{
		float64(last.rss-first.rss) / (1 << 20), float64(last.goroutines - first.goroutines), float64(last.descriptors - first.descriptors),
	}, err
}

// usage is what a peer's process takes at a moment.
type usage struct {
	rss                     int64 // bytes
	goroutines, descriptors int   // goroutines are 0 where there is no /metrics
}

func (p *peer) usage() (u usage, err error) {
	u.descriptors, u.goroutines = p.descriptors(), p.goroutines()
	u.rss, err = p.rss()
	return u, err
}

// goroutines asks a why403 for its number of goroutines.
func (p *peer) goroutines() int {
	if p.metrics == "" {
		return 0
	}
	res, err := http.Get(p.metrics)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if n, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			v, _ := strconv.Atoi(n)
			return v
		}
	}
	return 0
}

// beat is how often a message goes over each open socket.
const beat = 10 * time.Second

// holdOpen keeps sockets open for p.hold with a message on each in every beat,
// replaces p.churn of them a second by new ones, and reports usage.
func (p *plan) holdOpen(ctx context.Context, pr *peer, conns []*websocket.Conn, report func(usage)) error {
	oldest := 0
	for end := time.Now().Add(p.hold); time.Now().Before(end) && ctx.Err() == nil; {
		began := time.Now()
		if err := echo(conns, 128); err != nil {
			return fmt.Errorf("while open: %w", err)
		}
		took := time.Since(began)
		u, err := pr.usage()
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "bench: %s: %d sockets, RSS %d MiB, %d descriptors, %d goroutines, a message on each in %v\n",
			pr.name, len(conns), u.rss>>20, u.descriptors, u.goroutines, took.Round(time.Millisecond))
		if report != nil {
			report(u)
		}
		for range p.churn * int(beat/time.Second) {
			conns[oldest].NetConn().Close()
			if conns[oldest], err = pr.open(ctx, pr.wss); err != nil {
				return fmt.Errorf("while open: %w", err)
			}
			oldest = (oldest + 1) % len(conns)
		}
		time.Sleep(time.Until(began.Add(beat)))
	}
	return ctx.Err()
}
