package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"why403/analysis"
	"why403/capture"
	"why403/internal/live"
	"why403/internal/traces"
	"why403/proxy"
)

// observers are told of each attempt once its outcome is known, beside the run
// file: the live page and the collector of traces. They never hold traffic up.
type observers struct {
	ui      net.Listener // nil: no page
	page    *live.Page
	tracer  *traces.Exporter
	running sync.WaitGroup
}

// listen opens what the options ask for, before there is a proxy to observe.
func (o *observers) listen(opt Options) (err error) {
	if opt.OTLP != "" {
		if o.tracer, err = traces.New(context.Background(), opt.OTLP, opt.Version); err != nil {
			return err
		}
	}
	if opt.UI == "" {
		return nil
	}
	if o.ui, err = net.Listen("tcp", opt.UI); err != nil && opt.UIAnyPort {
		host, _, _ := net.SplitHostPort(opt.UI)
		o.ui, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("listen for the live page: %w", err), o.close())
	}
	return nil
}

// start serves the page until ctx ends.
func (o *observers) start(ctx context.Context, opt Options, stats func() proxy.Stats, command []string) {
	if o.ui == nil {
		return
	}
	o.page = live.New(live.Source{
		Stats: stats,
		Title: strings.Join(command, " "),
		Explain: func() (*analysis.Findings, error) {
			_, findings, err := Explain(opt.Run)
			return findings, err
		},
	})
	o.running.Go(func() {
		if err := o.page.Serve(ctx, o.ui); err != nil {
			opt.Log.Warn().Err(err).Msg("the live page has stopped")
		}
	})
}

// answered tells the observers of an attempt.
func (o *observers) answered(u *capture.Upgrade) {
	if o.page != nil {
		o.page.Observe(u)
	}
	if o.tracer != nil {
		o.tracer.Observe(u)
	}
}

// lastSpans is how long the spans that wait may take at the end.
const lastSpans = 5 * time.Second

// close waits for the page, whose context must have ended, and sends what spans
// wait.
func (o *observers) close() error {
	o.running.Wait()
	if o.ui != nil {
		o.ui.Close() // in case nobody served it
	}
	if o.tracer == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastSpans)
	defer cancel()
	return o.tracer.Close(ctx)
}
