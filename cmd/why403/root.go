package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "why403",
		Short: "Say why a gateway refuses WebSocket upgrades under load",
		Long: `why403 says why a gateway refuses WebSocket upgrades under load: it records every
upgrade between the load tool and the gateway and names the cause, or the
experiment that would.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 refusals found (with --exit-code)
or a condition met (with --fail-on).`,
		Example: `  why403 demo
  why403 run -- jmeter -n -t plan.jmx
  why403 explain run.db --json`,
		Version:       version(),
		Args:          knownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), usageExamples, "", 1))
	root.PersistentFlags().BoolP("verbose", "v", false, "log each connection's troubles to standard error")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{hinted{err, fmt.Sprintf(`"%s --help" lists the flags`, cmd.CommandPath())}}
	})
	group(root, "Record a load test:", newRun(), newProxy(), newPcap(), newCA())
	group(root, "Explain a recording:", newExplain(), newReport(), newCompare())
	group(root, "Work with other tools:", newExport(), newImport(), newAnnotate())
	group(root, "Try it out:", newDemo(), newGateway(), newLoad())
	root.AddCommand(newMan())
	return root
}

// helpTemplate opens with one line and what can be pasted; the rest comes after.
const helpTemplate = `{{.Short}}.
{{with .Example}}
{{.}}
{{end}}{{with .Long}}
{{.}}
{{end}}
{{.UsageString}}`

// usageExamples is the part of cobra's usage that helpTemplate has further up.
const usageExamples = "{{if .HasExample}}\n\nExamples:\n{{.Example}}{{end}}"

// group adds commands under a title of their own in the help text.
func group(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, cmd := range commands {
		cmd.GroupID = title
		root.AddCommand(cmd)
	}
}

// version is the module's version, or the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// knownCommand is what is left for the root when no subcommand has that name.
func knownCommand(root *cobra.Command, argv []string) error {
	if len(argv) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", argv[0])
	if like := root.SuggestionsFor(argv[0]); len(like) > 0 {
		return usageError{hinted{err, fmt.Sprintf(`did you mean "why403 %s"?`, like[0])}}
	}
	return usageError{hinted{err, `"why403 --help" lists the commands`}}
}

// args wraps a check of positional arguments so that a failure is wrong usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, argv []string) error {
		if err := check(cmd, argv); err != nil {
			return usageError{hinted{err, fmt.Sprintf(`"%s --help" has examples`, cmd.CommandPath())}}
		}
		return nil
	}
}

// logger writes for people on a terminal and JSON otherwise.
func logger(cmd *cobra.Command) zerolog.Logger {
	level := zerolog.WarnLevel
	if verbose, _ := cmd.Flags().GetBool("verbose"); verbose {
		level = zerolog.DebugLevel
	}
	w := cmd.ErrOrStderr()
	if isTerminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: "15:04:05.000"}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// say tells the user something beside the result.
func say(cmd *cobra.Command, format string, a ...any) {
	fmt.Fprintf(cmd.ErrOrStderr(), "why403: "+format+"\n", a...)
}
