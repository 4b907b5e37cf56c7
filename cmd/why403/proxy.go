package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"why403/internal/session"
)

func newProxy() *cobra.Command {
	var rec recording
	cmd := &cobra.Command{
		Use:   "proxy --host HOST [flags]",
		Short: "Record as a proxy until Ctrl-C, then say why upgrades were refused",
		Long: `Proxy listens as an HTTP and SOCKS 5 proxy for any load tool, or with --reverse in
the gateway's place. Connections to the hosts given with --host are decrypted and
recorded (--host '*' for all), the rest is tunnelled unread. Ctrl-C seals the run, prints the verdict and writes the report; a second
one stops at once, and the run file keeps what was recorded.

The load tool must trust the authority's certificate; see "why403 ca --help".`,
		Example: `  why403 proxy --host gw.example
  why403 proxy --host '*' --listen 127.0.0.1:9000 --run run.db
  why403 proxy --reverse wss://gw.example --listen 127.0.0.1:9000`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runProxy(cmd, &rec) },
	}
	rec.flags(cmd, "127.0.0.1:8403")
	return cmd
}

func runProxy(cmd *cobra.Command, rec *recording) error {
	if len(rec.hosts) == 0 && len(rec.reverse) == 0 {
		return usageError{hinted{errors.New("no host to record"), "name the gateway with --host HOST, or record everything with --host '*'"}}
	}
	defer endOnInterrupt(cmd)()
	authority, err := rec.keptAuthority()
	if err != nil {
		return err
	}
	opt, err := rec.options(cmd, authority, os.Args)
	if err != nil {
		return err
	}
	s, err := session.Start(opt)
	if err != nil {
		return err
	}
	announce(cmd, s)
	say(cmd, "authority: %s", authority.CertPath())
	stop := showProgress(cmd, s)
	select {
	case <-cmd.Context().Done():
	case <-s.Ended():
	}
	stop()
	if err := s.Stop(); err != nil {
		return err
	}
	return rec.conclude(cmd)
}
