package main

import (
	"github.com/spf13/cobra"

	"why403/internal/session"
)

func newReport() *cobra.Command {
	var out, results string
	cmd := &cobra.Command{
		Use:   "report RUN...",
		Short: "Write the findings of recorded runs as one self-contained HTML file",
		Example: `  why403 report run.db
  why403 report first.db second.db -o both.html
  why403 report run.db --jtl results.jtl -o findings.html
  why403 report run.db -o - > findings.html`,
		Args: someRuns,
		RunE: func(cmd *cobra.Command, argv []string) error {
			if out == "" {
				out = session.ReportPath(argv[0])
			}
			if _, err := session.Conclude(argv, out, results, cmd.OutOrStdout()); err != nil {
				return err
			}
			if out != "-" {
				say(cmd, "report: %s", out)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "HTML `file` to write, - for standard output (default beside the run file)")
	cmd.Flags().StringVar(&results, "jtl", "", "join JMeter's results of this `file`, so that the report speaks of samplers and threads")
	return cmd
}
