package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"why403/analysis"
	"why403/internal/session"
	"why403/proxy"
	"why403/reports"
)

// recording holds the flags that every command with a proxy has.
type recording struct {
	listen, run, report, caDir, upstreamCA string
	results                                string
	ui, otlp                               string
	uiOnTerminal                           bool // the live page is on if somebody looks on
	hosts                                  []string
	keepAbsolute, insecure, json, exitCode bool
	machine
	wiring
}

func (r *recording) flags(cmd *cobra.Command, listen string) {
	r.machine.flags(cmd)
	r.wiring.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&r.listen, "listen", listen, "`address` to listen on")
	f.StringVar(&r.run, "run", "", "run `file` to write (default why403-TIME.db)")
	f.StringVarP(&r.report, "report", "o", "", "HTML report `file` (default beside the run file)")
	f.StringSliceVar(&r.hosts, "host", nil, "decrypt only this `host` (\"*.example.com\" for a domain); the rest is tunnelled unread")
	f.StringVar(&r.caDir, "ca-dir", "", "`directory` of the authority that signs for the hosts")
	f.StringVar(&r.upstreamCA, "upstream-ca", "", "PEM `file` of roots to verify the gateway with, beside the system's")
	f.StringVar(&r.ui, "ui", "", "`address` of the live page, such as "+defaultUI+" (\"off\" for none; on by default with run on a terminal)")
	f.StringVar(&r.otlp, "otlp", "", "`URL` of an OpenTelemetry collector that gets each upgrade as a span (OTLP over HTTP)")
	f.BoolVar(&r.insecure, "insecure", false, "do not verify the gateway's certificate")
	f.BoolVar(&r.keepAbsolute, "keep-absolute", false, "pass the absolute form that JMeter sends inside tunnels on as it is")
	f.StringVar(&r.results, "jtl", "", "join the results that JMeter writes to this `file`, so that the report speaks of samplers and threads")
	f.BoolVar(&r.json, "json", false, "print the findings as JSON")
	f.BoolVar(&r.exitCode, "exit-code", false, "exit with status 3 if upgrades were refused")
}

// options turns the flags into those of a session.
func (r *recording) options(cmd *cobra.Command, leafs proxy.LeafSource, command []string) (session.Options, error) {
	opt := proxy.Options{Hosts: decrypted(r.hosts), KeepAbsolute: r.keepAbsolute, Insecure: r.insecure}
	var err error
	if opt.Roots, err = upstreamRoots(r.upstreamCA); err != nil {
		return session.Options{}, err
	}
	if err := r.wiring.apply(&opt); err != nil {
		return session.Options{}, err
	}
	if r.run == "" {
		r.run = runName(time.Now())
	}
	if r.report == "" {
		r.report = session.ReportPath(r.run)
	}
	ui, anyPort := r.livePage(cmd)
	return session.Options{
		Run: r.run, Listen: r.listen, Leafs: leafs, Proxy: opt,
		Command: command, Version: version(), Log: logger(cmd),
		UI: ui, UIAnyPort: anyPort, OTLP: r.otlp,
		Packets: r.packets,
	}, nil
}

// defaultUI is where the live page is unless told otherwise.
const defaultUI = "127.0.0.1:8404"

// livePage says where the live page is to be, "" for nowhere, and whether another
// port will do.
func (r *recording) livePage(cmd *cobra.Command) (address string, anyPort bool) {
	switch {
	case r.ui == "off":
		return "", false
	case r.ui != "":
		return r.ui, false
	case r.uiOnTerminal && isTerminal(cmd.ErrOrStderr()):
		return defaultUI, true
	}
	return "", false
}

// decrypted returns the hosts to decrypt, none meaning all.
func decrypted(hosts []string) []string {
	if len(hosts) == 1 && hosts[0] == "*" {
		return nil
	}
	return hosts
}

func upstreamRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read roots for the gateway: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read roots for the gateway: %q holds no certificate in PEM form", path)
	}
	return pool, nil
}

// showProgress shows progress on a terminal until the returned function is called.
func showProgress(cmd *cobra.Command, s *session.Session) (stop func()) {
	if !isTerminal(cmd.ErrOrStderr()) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		session.Progress(ctx, cmd.ErrOrStderr(), s.Proxy.Stats)
	}()
	return func() { cancel(); <-done }
}

// conclude writes the report, prints the verdict and says where the files are.
func (r *recording) conclude(cmd *cobra.Command) error {
	findings, err := session.Conclude([]string{r.run}, r.report, r.results, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	if err := printVerdict(cmd, findings, r.json); err != nil {
		return err
	}
	if r.report != "-" {
		say(cmd, "report: %s", r.report)
	}
	say(cmd, "run: %s", r.run)
	if err := r.machine.conclude(cmd, findings, r.run); err != nil {
		return err
	}
	return r.verdictStatus(findings)
}

func (r *recording) verdictStatus(f *analysis.Findings) error {
	if r.exitCode && f.Verdict.Status != analysis.NoRefusals {
		return exit(exitFound)
	}
	return nil
}

func printVerdict(cmd *cobra.Command, f *analysis.Findings, asJSON bool) error {
	if asJSON {
		return reports.JSON(cmd.OutOrStdout(), f)
	}
	return reports.Text(cmd.OutOrStdout(), f)
}
