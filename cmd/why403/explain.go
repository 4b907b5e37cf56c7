package main

import (
	"github.com/spf13/cobra"

	"why403/internal/session"
	"why403/reports"
)

func newExplain() *cobra.Command {
	var rec recording
	cmd := &cobra.Command{
		Use:   "explain RUN...",
		Short: "Say why upgrades were refused in recorded runs",
		Long: `Explain says why upgrades were refused. Of several runs it looks for one
explanation of all: the first may leave the choice between causes that the
experiment it proposes, recorded as the second, decides. Runs that overlap in time
are taken as one load; between runs that lie apart nothing was seen, and what a
gateway counts is taken to begin anew.`,
		Example: `  why403 explain run.db
  why403 explain first.db second.db
  why403 explain run.db --json
  why403 explain run.db --fail-on 'refused>1%' --junit why403.xml`,
		Args: someRuns,
		RunE: func(cmd *cobra.Command, argv []string) error {
			_, findings, err := session.Explain(argv...)
			if err != nil {
				return err
			}
			render := reports.Explain
			if rec.json {
				render = reports.JSON
			}
			if err := render(cmd.OutOrStdout(), findings); err != nil {
				return err
			}
			if err := rec.machine.conclude(cmd, findings, argv[0]); err != nil {
				return err
			}
			return rec.verdictStatus(findings)
		},
	}
	rec.machine.flags(cmd)
	cmd.Flags().BoolVar(&rec.json, "json", false, "print the findings as JSON (docs/json.md)")
	cmd.Flags().BoolVar(&rec.exitCode, "exit-code", false, "exit with status 3 if upgrades were refused")
	return cmd
}
