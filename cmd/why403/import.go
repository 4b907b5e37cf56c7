package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"why403/capture"
	"why403/capture/har"
	"why403/capture/runfile"
	"why403/capture/token"
)

func newImport() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a run file of an HTTP Archive (HAR) of another tool",
		Long: `Import reads the WebSocket upgrades and token requests of an HTTP Archive that
Chrome, mitmproxy, HTTP Toolkit or another tool wrote. Tokens and other secrets
are masked on the way in, and what the archive does not say is noted in the run.`,
		Example: `  why403 import trace.har
  why403 import trace.har --run trace.db
  why403 import - --run trace.db`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if out == "" {
				if argv[0] == "-" {
					return usageError{errors.New("name the run file with --run: the archive comes from standard input")}
				}
				out = strings.TrimSuffix(argv[0], filepath.Ext(argv[0])) + ".db"
			}
			if err := importArchive(cmd.InOrStdin(), argv[0], out); err != nil {
				return err
			}
			say(cmd, "run: %s", out)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "run", "", "run `file` to write (default beside the archive)")
	return cmd
}

func importArchive(stdin io.Reader, archive, out string) error {
	in := stdin
	if archive != "-" {
		f, err := os.Open(archive)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	key := make([]byte, 32)
	id := make([]byte, 8)
	_, _ = rand.Read(key) // never fails
	_, _ = rand.Read(id)
	run, err := har.Read(in, token.NewKeeper(key), capture.Meta{ID: fmt.Sprintf("%x", id), Source: "har", Version: version()})
	if err != nil {
		return fmt.Errorf("import %q: %w", archive, err)
	}
	return runfile.Save(out, run)
}
