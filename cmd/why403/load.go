package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"why403/internal/sim"
)

// loadFlags are those of "why403 load" that are not fields of the load.
type loadFlags struct {
	load                            sim.Load
	proxy, ca, mode, place, answers string
	hold, holdMax, pause            time.Duration
	json                            bool
}

func newLoad() *cobra.Command {
	var l loadFlags
	cmd := &cobra.Command{
		Use:   "load URL",
		Short: "Open WebSockets as a load test does, and count the answers",
		Long: `Load opens WebSockets from many threads, each of which opens one, holds it, closes
it and begins again, as a JMeter plan would. It is for the simulated gateway and
gateways of your own.`,
		Example: `  why403 load ws://127.0.0.1:8080/ws --threads 60 --duration 20s --hold 2s
  why403 load wss://127.0.0.1:8443/ws --token-url https://127.0.0.1:8443/oauth/token --ca gateway.pem
  why403 run --upstream-ca gateway.pem -- why403 load wss://127.0.0.1:8443/ws --threads 60 --duration 20s --hold 2s`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, argv []string) error {
			l.load.URL = argv[0]
			return l.run(cmd)
		},
	}
	f := cmd.Flags()
	f.IntVar(&l.load.Threads, "threads", 1, "virtual users")
	f.DurationVar(&l.load.RampUp, "ramp-up", 0, "time in which they start")
	f.IntVar(&l.load.Loops, "loops", 0, "sockets that each opens, one after the other (default 1, or no limit with --duration)")
	f.DurationVar(&l.load.Duration, "duration", 0, "end of the load")
	f.DurationVar(&l.hold, "hold", 0, "time that a socket is held")
	f.DurationVar(&l.holdMax, "hold-max", 0, "with --hold: a random time between the two")
	f.DurationVar(&l.pause, "pause", 0, "time between two sockets of a thread")
	f.IntVar(&l.load.Retries, "retries", 0, "further attempts after a refusal")
	f.DurationVar(&l.load.Backoff, "backoff", 0, "time before the first retry; doubles with each")
	f.DurationVar(&l.load.Ping, "ping", 0, "time between pings")
	f.BoolVar(&l.load.Abrupt, "abrupt", false, "end sockets without a Close frame")
	f.StringVar(&l.load.TokenURL, "token-url", "", "token endpoint (client credentials)")
	f.StringVar(&l.mode, "token-mode", "", "iteration, thread, shared, static or none (default iteration with --token-url)")
	f.StringVar(&l.load.Token, "token", "", "token of mode static")
	f.StringVar(&l.place, "token-in", "", "where tokens travel: header, query, cookie or subprotocol (default header)")
	f.StringVar(&l.load.ClientID, "client-id", "load-test", "client id")
	f.StringVar(&l.load.ClientSecret, "client-secret", "", "client secret")
	f.DurationVar(&l.load.RefreshAfter, "refresh-after", 0, "age at which a kept token is fetched anew")
	f.StringVar(&l.proxy, "proxy", "", "`URL` of an HTTP proxy (default $HTTPS_PROXY, for loopback too)")
	f.StringVar(&l.ca, "ca", "", "PEM `file` of roots to trust (default the system's)")
	f.Uint64Var(&l.load.Seed, "seed", 0, "seed of random times")
	f.StringVar(&l.answers, "answers", "", "append time (ns since 1970) and status of each answer to this `file`")
	f.BoolVar(&l.json, "json", false, "print the counts as JSON")
	return cmd
}

func (l *loadFlags) run(cmd *cobra.Command) error {
	defer endOnInterrupt(cmd)()
	if err := l.complete(); err != nil {
		return err
	}
	if l.answers != "" {
		log, err := os.OpenFile(l.answers, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		defer log.Close()
		write := lineWriter(log)
		l.load.Answered = func(at time.Time, status int) { write(fmt.Sprintf("%d %d", at.UnixNano(), status)) }
	}
	report, err := l.load.Run(cmd.Context())
	if err != nil && !errors.Is(err, context.Canceled) {
		return usageError{err}
	}
	if l.json {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(report)
	}
	printLoad(cmd, report)
	return nil
}

// complete fills in the load from flags of other types.
func (l *loadFlags) complete() error {
	l.load.TokenMode = sim.TokenMode(l.mode)
	if l.place != "header" {
		l.load.TokenIn = sim.TokenPlace(l.place)
	}
	l.load.Hold = sim.Span{Min: l.hold, Max: max(l.hold, l.holdMax)}
	l.load.Pause = sim.Fixed(l.pause)
	if l.proxy == "" {
		l.proxy = os.Getenv("HTTPS_PROXY") // as "why403 run" sets it
	}
	if l.proxy != "" {
		proxy, err := url.Parse(l.proxy)
		if err != nil || proxy.Host == "" {
			return usageError{fmt.Errorf("proxy %q is not a URL such as http://127.0.0.1:8403", l.proxy)}
		}
		l.load.Proxy = proxy
	}
	if l.ca == "" {
		return nil
	}
	pem, err := os.ReadFile(l.ca)
	if err != nil {
		return fmt.Errorf("read roots: %w", err)
	}
	l.load.Roots = x509.NewCertPool()
	if !l.load.Roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("read roots: %q holds no certificate in PEM form", l.ca)
	}
	return nil
}

func printLoad(cmd *cobra.Command, r sim.LoadReport) {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%d upgrades in %.1f s, at most %d open\n", r.Attempts, r.Duration.Seconds(), r.PeakOpen)
	for _, status := range slices.Sorted(maps.Keys(r.Status)) {
		fmt.Fprintf(out, "%8d × %d\n", r.Status[status], status)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Errors)) {
		fmt.Fprintf(out, "%8d × %s\n", r.Errors[kind], kind)
	}
	if r.FirstError != "" {
		fmt.Fprintf(out, "first error: %s\n", r.FirstError)
	}
}
