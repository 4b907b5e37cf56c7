package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"why403/internal/session"
	"why403/internal/sim"
)

func newDemo() *cobra.Command {
	var (
		rec      recording
		scenario string
		list     bool
	)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show all of it on a simulated gateway, in under a minute",
		Long: `Demo starts a simulated gateway on loopback, loads it through the proxy, and says
why upgrades were refused. Nothing leaves the machine.`,
		Example: `  why403 demo
  why403 demo --list
  why403 demo --scenario plain-ramp -o ramp.html`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if list {
				return listScenarios(cmd)
			}
			return runDemo(cmd, &rec, scenario)
		},
	}
	cmd.Flags().StringVar(&scenario, "scenario", "story", "`name` of the simulated gateway and load")
	cmd.Flags().BoolVar(&list, "list", false, "list the scenarios")
	cmd.Flags().StringVarP(&rec.report, "report", "o", "", "HTML report `file` (default in a temporary directory)")
	cmd.Flags().BoolVar(&rec.json, "json", false, "print the findings as JSON")
	return cmd
}

func listScenarios(cmd *cobra.Command) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, s := range sim.Scenarios() {
		fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Says)
	}
	return w.Flush()
}

func runDemo(cmd *cobra.Command, rec *recording, name string) error {
	scenario, ok := sim.ByName(name)
	if !ok {
		return usageError{hinted{fmt.Errorf("no scenario %q", name), `"why403 demo --list" lists them`}}
	}
	defer endOnInterrupt(cmd)()
	dir, err := os.MkdirTemp("", "why403-demo-")
	if err != nil {
		return err
	}
	rec.run = filepath.Join(dir, "run.db")
	gateway, err := sim.StartGateway(cmd.Context(), scenario.Gateway)
	if err != nil {
		return err
	}
	defer gateway.Close()
	if err := recordScenario(cmd, rec, scenario, gateway); err != nil {
		return err
	}
	return rec.conclude(cmd)
}

// recordScenario drives the scenario's load at the gateway through a proxy.
func recordScenario(cmd *cobra.Command, rec *recording, scenario sim.Scenario, gateway *sim.Gateway) error {
	authority, cleanup, err := session.Ephemeral(nil)
	if err != nil {
		return err
	}
	defer cleanup()
	opt, err := rec.options(cmd, authority, []string{"why403", "demo", "--scenario", scenario.Name})
	if err != nil {
		return err
	}
	opt.Proxy.Roots = gateway.Roots()
	s, err := session.Start(opt)
	if err != nil {
		return err
	}
	say(cmd, "%s: %s", scenario.Name, scenario.Says)
	load := scenario.Load
	load.URL, load.TokenURL = gateway.URL(), gateway.TokenURL()
	load.Roots = authority.Pool()
	load.Proxy = &url.URL{Scheme: "http", Host: s.Addr().String()}
	stop := showProgress(cmd, s)
	_, loadErr := load.Run(cmd.Context())
	stop()
	if err := s.Stop(); err != nil {
		return err
	}
	if loadErr != nil && context.Cause(cmd.Context()) == nil {
		return loadErr
	}
	return nil
}
