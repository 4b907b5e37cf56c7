package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"why403/analysis"
	"why403/internal/session"
	"why403/reports"
)

func newCompare() *cobra.Command {
	var asJSON bool
	var html string
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Say what changed from one recorded run to another",
		Long: `Compare says whether refusals changed from run A to run B among upgrades with as
many open sockets and tokens as old, and by how much: another load is not another
gateway. "No evidence of change" is an answer.`,
		Example: `  why403 compare before.db after.db
  why403 compare before.db after.db --json
  why403 compare before.db after.db -o compare.html`,
		Args: args(func(_ *cobra.Command, argv []string) error {
			if len(argv) != 2 {
				return errors.New("compare takes two run files")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, argv []string) error {
			c, err := compareRuns(argv[0], argv[1])
			if err != nil {
				return err
			}
			if html == "-" {
				return reports.CompareHTML(cmd.OutOrStdout(), c)
			}
			if err := writeTo(html, func(w io.Writer) error { return reports.CompareHTML(w, c) }); err != nil {
				return err
			}
			if html != "" {
				say(cmd, "report: %s", html)
			}
			if asJSON {
				return reports.CompareJSON(cmd.OutOrStdout(), c)
			}
			return reports.CompareText(cmd.OutOrStdout(), c)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the comparison as JSON (docs/compare.md)")
	cmd.Flags().StringVarP(&html, "output", "o", "", "also write one HTML `file`, - for standard output alone")
	return cmd
}

func compareRuns(a, b string) (*analysis.Comparison, error) {
	runA, findingsA, err := session.Explain(a)
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	runB, findingsB, err := session.Explain(b)
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	return analysis.Compare(runA, findingsA, runB, findingsB), nil
}
