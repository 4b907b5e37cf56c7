package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIRECTORY",
		Short: "Write man pages, one for each command",
		Example: `  why403 man ./man
  why403 man /usr/local/share/man/man1
  why403 man ~/.local/share/man/man1`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if err := os.MkdirAll(argv[0], 0o755); err != nil {
				return err
			}
			cmd.Root().DisableAutoGenTag = true // same commands, same bytes
			if err := doc.GenManTree(cmd.Root(), &doc.GenManHeader{Section: "1", Source: "why403"}, argv[0]); err != nil {
				return fmt.Errorf("write man pages: %w", err)
			}
			return nil
		},
	}
}
