package main

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"why403/internal/session"
	"why403/reports"
)

func newAnnotate() *cobra.Command {
	var run, out string
	cmd := &cobra.Command{
		Use:   "annotate RESULTS --run RUN",
		Short: "Write JMeter's results with the cause of each refusal in its message",
		Long: `Annotate writes a copy of JMeter's results (a JTL file in CSV form) in which the
response message of each refused upgrade is its cause. JMeter's dashboard groups
errors by message, so "jmeter -g" on the copy divides them by cause.`,
		Example: `  why403 annotate results.jtl --run run.db
  why403 annotate results.jtl --run run.db -o annotated.jtl
  why403 annotate results.jtl --run run.db -o -`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if run == "" {
				return usageError{hinted{errors.New("no run file named"), "name what was recorded while JMeter ran with --run RUN"}}
			}
			if out == "" {
				out = strings.TrimSuffix(argv[0], filepath.Ext(argv[0])) + ".why403.jtl"
			}
			summary, err := session.Annotate(run, argv[0], out, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			for _, l := range reports.JMeterLines(summary) {
				say(cmd, "%s", l)
			}
			if out != "-" {
				say(cmd, "results: %s", out)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&run, "run", "", "run `file` recorded while JMeter ran")
	cmd.Flags().StringVarP(&out, "output", "o", "", "`file` to write, - for standard output (default beside the results)")
	return cmd
}
