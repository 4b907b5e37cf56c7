package session

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"why403/proxy"
)

// Progress rewrites one line on a terminal every second until ctx ends, and then
// clears it.
func Progress(ctx context.Context, w io.Writer, stats func() proxy.Stats) {
	const clearLine = "\r\x1b[K"
	start := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer fmt.Fprint(w, clearLine)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			fmt.Fprintf(w, "%s%4.0f s  %s", clearLine, time.Since(start).Seconds(), progressLine(stats()))
		}
	}
}

// progressLine is for people: open sockets, then answers by status.
func progressLine(s proxy.Stats) string {
	parts := []string{fmt.Sprintf("%d open", s.Open)}
	for _, status := range slices.Sorted(maps.Keys(s.Answers)) {
		parts = append(parts, fmt.Sprintf("%d × %d", s.Answers[status], status))
	}
	if s.Pending > 0 {
		parts = append(parts, fmt.Sprintf("%d pending", s.Pending))
	}
	if s.OverLimit > 0 {
		parts = append(parts, fmt.Sprintf("%d over the proxy's limit", s.OverLimit))
	}
	return strings.Join(parts, "  ")
}
