package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"why403/analysis"
	"why403/capture"
	"why403/capture/passive"
	"why403/internal/session"
)

// packets holds the flags of pcap.
type packets struct {
	keyLogs, hosts       []string
	ports                []uint
	live                 []string
	since, until         string
	run, report, results string
	json, exitCode       bool
	machine
}

func newPcap() *cobra.Command {
	var p packets
	cmd := &cobra.Command{
		Use:   "pcap FILE… | pcap --live INTERFACE",
		Short: "Say why upgrades were refused from a packet capture, with nobody in the path",
		Long: `Pcap reads captures (pcap or pcapng, plain, gzip or zstd, "-" for standard input) of
the traffic between the load tool and the gateway. Several files are read as one
timeline: rotated captures, or the same load on several interfaces.

TLS is decrypted with the secrets that the load tool or the gateway wrote to a key
log (SSLKEYLOGFILE, RFC 9850), given with --keylog or kept in the capture itself
(editcap --inject-secrets). Without secrets the statuses are unknown, and the verdict
says so.

With --live it captures from interfaces until Ctrl-C (Linux, as root or with
CAP_NET_RAW), and follows the key logs while they are written.`,
		Example: `  why403 pcap trace.pcapng --keylog keys.txt
  why403 pcap trace.pcap0 trace.pcap1 --port 443 -o run.db --report report.html
  tcpdump -i any -w - port 443 | why403 pcap - --keylog keys.txt --json
  why403 pcap --live eth0 --port 443 --keylog keys.txt`,
		Args: args(p.files),
		RunE: func(cmd *cobra.Command, argv []string) error { return p.read(cmd, argv) },
	}
	p.flags(cmd)
	return cmd
}

func (p *packets) flags(cmd *cobra.Command) {
	p.machine.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&p.keyLogs, "keylog", nil, "`file` of TLS secrets (SSLKEYLOGFILE); may be repeated")
	f.StringVarP(&p.run, "run", "o", "", "keep the run in this `file` (default: in memory only)")
	f.StringVar(&p.report, "report", "", "HTML report `file`, - for standard output (default beside the run, or named after the capture in this directory; none with --json)")
	f.StringVar(&p.results, "jtl", "", "join JMeter's results of this `file`, so that the report speaks of samplers and threads")
	f.UintSliceVar(&p.ports, "port", nil, "read only connections with this `port` on either side; may be repeated")
	f.StringSliceVar(&p.hosts, "host", nil, "keep only upgrades to this `host` (a name, \"*.example.com\" for a domain, or an address of either side); may be repeated")
	f.StringVar(&p.since, "since", "", "keep only upgrades sent from this `time` on (RFC 3339), and sockets open then")
	f.StringVar(&p.until, "until", "", "read no further than this `time` (RFC 3339)")
	f.StringArrayVar(&p.live, "live", nil, "capture from this `interface`, or from any, until Ctrl-C in place of reading files; may be repeated")
	f.BoolVar(&p.json, "json", false, "print the findings as JSON (docs/json.md)")
	f.BoolVar(&p.exitCode, "exit-code", false, "exit with status 3 if upgrades were refused")
}

// files checks that there is something to read: files, or an interface.
func (p *packets) files(_ *cobra.Command, argv []string) error {
	switch {
	case len(p.live) == 0 && len(argv) == 0:
		return errors.New("no capture named")
	case len(p.live) > 0 && len(argv) > 0:
		return errors.New("--live reads no files")
	}
	return nil
}

func (p *packets) read(cmd *cobra.Command, files []string) error {
	opt, err := p.options(files)
	if err != nil {
		return usageError{err}
	}
	opt.Stdin = cmd.InOrStdin()
	stop := func() {}
	if isTerminal(cmd.ErrOrStderr()) {
		opt.Watch = func(progress func() (int64, int64)) { stop = showBytes(cmd.Context(), cmd.ErrOrStderr(), progress) }
	}
	done := endOnInterrupt(cmd)
	defer done()
	var run *capture.Run
	if len(p.live) > 0 {
		say(cmd, "capturing from %s until Ctrl-C", strings.Join(p.live, ", "))
		files = []string{"-"}
		if isTerminal(cmd.ErrOrStderr()) {
			opt.Status = func(line string) { fmt.Fprintf(cmd.ErrOrStderr(), "\r\x1b[K%s", line) }
		}
		run, err = session.ReadLive(cmd.Context(), p.live, opt)
	} else {
		run, err = session.ReadPackets(cmd.Context(), opt)
	}
	stop()
	if err != nil {
		return err
	}
	if p.report == "" && !p.json {
		p.report = reportName(files[0], p.run)
	}
	defer session.Frugally()()
	findings, err := session.ConcludeRun(run, p.report, p.results, cmd.OutOrStdout())
	if err != nil {
		return err
	}
	if p.report != "-" {
		if err := printVerdict(cmd, findings, p.json); err != nil {
			return err
		}
	}
	if p.report != "-" && p.report != "" {
		say(cmd, "report: %s", p.report)
	}
	if p.run != "" {
		say(cmd, "run: %s", p.run)
	}
	if err := p.machine.conclude(cmd, findings, files[0]); err != nil {
		return err
	}
	if p.exitCode && findings.Verdict.Status != analysis.NoRefusals {
		return exit(exitFound)
	}
	return nil
}

func (p *packets) options(files []string) (session.PacketOptions, error) {
	opt := session.PacketOptions{
		Files: files, KeyLogs: p.keyLogs, Run: p.run, Command: os.Args, Version: version(),
		Options: passive.Options{Hosts: p.hosts},
	}
	for _, port := range p.ports {
		if port == 0 || port > 65535 {
			return opt, fmt.Errorf("--port %d: not between 1 and 65535", port)
		}
		opt.Ports = append(opt.Ports, uint16(port))
	}
	if strings.HasSuffix(p.run, ".html") {
		return opt, hinted{fmt.Errorf("-o %q: -o keeps the run", p.run), "name the report with --report"}
	}
	var err1, err2 error
	opt.Since, err1 = instantFlag("--since", p.since)
	opt.Until, err2 = instantFlag("--until", p.until)
	return opt, errors.Join(err1, err2)
}

func instantFlag(name, value string) (capture.Instant, error) {
	if value == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return 0, fmt.Errorf("%s %q: not a time such as 2026-01-02T15:04:05Z", name, value)
	}
	return capture.At(t), nil
}

// reportName is where the report goes by default: beside the run file if there is
// one, else into the working directory, named after the capture.
func reportName(file, run string) string {
	if run != "" {
		return session.ReportPath(run)
	}
	if file == "-" {
		return session.ReportPath(runName(time.Now()))
	}
	name := filepath.Base(file)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return session.ReportPath(name)
}

// showBytes shows how much has been read, on a terminal, until the returned function
// is called.
func showBytes(ctx context.Context, w io.Writer, progress func() (read, size int64)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	start := time.Now()
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				fmt.Fprint(w, "\r\x1b[K")
				return
			case <-tick.C:
				read, size := progress()
				fmt.Fprintf(w, "\r\x1b[K%s", bytesLine(read, size, time.Since(start)))
			}
		}
	}()
	return func() { cancel(); <-done }
}

// bytesLine is a progress bar by bytes, without the bar if the size is not known.
func bytesLine(read, size int64, took time.Duration) string {
	const width = 30
	rate := float64(read) / 1e6 / max(took.Seconds(), 1e-3)
	if size <= 0 {
		return fmt.Sprintf("%d MB read, %.0f MB/s", read/1e6, rate)
	}
	share := min(1, float64(read)/float64(size))
	full := int(share * width)
	return fmt.Sprintf("[%s%s] %3.0f %%  %d of %d MB, %.0f MB/s",
		strings.Repeat("=", full), strings.Repeat(" ", width-full), 100*share, read/1e6, size/1e6, rate)
}
