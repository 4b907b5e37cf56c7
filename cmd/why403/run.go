package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"why403/internal/child"
	"why403/internal/session"
	"why403/proxy"
)

func newRun() *cobra.Command {
	rec := recording{uiOnTerminal: true}
	cmd := &cobra.Command{
		Use:   "run [flags] -- TOOL [ARGS…]",
		Short: "Run a load tool through the proxy, then say why it was refused",
		Long: `Run starts the proxy and the load tool, points the tool at the proxy, and when the
tool ends prints the verdict and writes the report.

JMeter, by its name or its .jar, is given -H and -P. Every tool is given
HTTP_PROXY and its kin, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE,
NODE_EXTRA_CA_CERTS, and a trust store through JAVA_TOOL_OPTIONS. The authority
lives as long as the command, unless --ca-dir names one that is kept.

The exit status is the load tool's; with --exit-code it is 3 if the tool
succeeded and upgrades were refused.`,
		Example: `  why403 run -- jmeter -n -t plan.jmx
  why403 run --host gw.example -o report.html -- jmeter -n -t plan.jmx -l results.jtl
  why403 run --json -- k6 run script.js`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, argv []string) error { return runTool(cmd, &rec, argv) },
	}
	rec.flags(cmd, "127.0.0.1:0")
	return cmd
}

func runTool(cmd *cobra.Command, rec *recording, argv []string) error {
	defer endOnInterrupt(cmd)()
	authority, cleanup, err := rec.authority()
	if err != nil {
		return err
	}
	defer cleanup()
	opt, err := rec.options(cmd, authority, argv)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "why403-trust-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	trust, err := session.WriteTrust(authority, dir)
	if err != nil {
		return err
	}
	s, err := session.Start(opt)
	if err != nil {
		return err
	}
	announce(cmd, s)
	code, runErr := rec.runChild(cmd, s, argv, trust)
	if err := errors.Join(s.Stop(), runErr); err != nil {
		return err
	}
	err = rec.conclude(cmd)
	if found := exit(0); code != 0 && (err == nil || errors.As(err, &found)) {
		return exit(code)
	}
	return err
}

func (r *recording) runChild(cmd *cobra.Command, s *session.Session, argv []string, trust child.Trust) (int, error) {
	if hosts := child.Bypass(argv); hosts != "" {
		say(cmd, "warning: JMeter was told to reach %q without a proxy (-N): that traffic is not recorded", hosts)
	}
	stop := showProgress(cmd, s)
	defer stop()
	tool := child.Tool{
		Argv:  child.Args(argv, s.Addr()),
		Env:   child.Environ(os.Environ(), s.Addr(), trust, child.IsJMeter(argv)),
		Stdin: cmd.InOrStdin(), Stdout: cmd.OutOrStdout(), Stderr: cmd.ErrOrStderr(),
	}
	if r.json {
		tool.Stdout = cmd.ErrOrStderr() // standard output is for the findings
	}
	return tool.Run(cmd.Context())
}

// announce says where the proxy listens and how many sessions it can hold.
func announce(cmd *cobra.Command, s *session.Session) {
	n, hard := proxy.Sessions()
	say(cmd, "proxy on %s, for up to %d sessions (descriptor limit %d)", s.Addr(), n, hard)
	if ui := s.UI(); ui != nil {
		say(cmd, "live page: http://%s", ui)
	}
}
