package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"why403/capture"
	"why403/capture/har"
	"why403/capture/runfile"
	"why403/reports/export"
)

// formats are what a run can be exported to.
var formats = map[string]func(io.Writer, *capture.Run) error{
	"har":     har.Write,
	"jsonl":   export.JSONLines,
	"parquet": export.Parquet,
	"pcapng":  export.Packets,
}

func newExport() *cobra.Command {
	var format, out string
	names := strings.Join(slices.Sorted(maps.Keys(formats)), ", ")
	cmd := &cobra.Command{
		Use:   "export RUN --format FORMAT",
		Short: "Write a recorded run in a form that other tools read",
		Long: `Export writes one row an upgrade attempt, with the open sockets and the token's age
at its decision, as JSON Lines or Parquet; the heads and times as an HTTP Archive (HAR
1.2); or the decrypted conversations as packets (pcapng) for Wireshark. docs/export.md
describes them.`,
		Example: `  why403 export run.db --format jsonl
  why403 export run.db --format parquet -o run.parquet
  why403 export run.db --format har -o run.har
  why403 export run.db --format pcapng -o run.pcapng`,
		Args: oneRun,
		RunE: func(cmd *cobra.Command, argv []string) error {
			write, ok := formats[format]
			if !ok {
				return usageError{fmt.Errorf("unknown format %q; there are %s", format, names)}
			}
			run, err := runfile.Open(argv[0])
			if err != nil {
				return err
			}
			if out == "" || out == "-" {
				return write(cmd.OutOrStdout(), run)
			}
			return writeTo(out, func(w io.Writer) error { return write(w, run) })
		},
	}
	cmd.Flags().StringVar(&format, "format", "jsonl", "`format`: "+names)
	cmd.Flags().StringVarP(&out, "output", "o", "", "`file` to write (default standard output)")
	return cmd
}
