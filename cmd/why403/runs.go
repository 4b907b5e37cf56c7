package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

// runName is how a recording without --run is called. Names sort by time.
func runName(at time.Time) string { return "why403-" + at.Format("20060102T150405") + ".db" }

// oneRun checks that the arguments name one run file, and knows which the user
// probably means.
func oneRun(cmd *cobra.Command, argv []string) error {
	if len(argv) > 1 {
		return usageError{fmt.Errorf("one run file at a time: %d are named", len(argv))}
	}
	return someRuns(cmd, argv)
}

// someRuns checks that the arguments name at least one run file.
func someRuns(cmd *cobra.Command, argv []string) error {
	if len(argv) == 0 {
		return usageError{hinted{errors.New("no run file named"), newestRun(cmd.CommandPath())}}
	}
	return nil
}

// newestRun suggests a command for the newest recording of the working directory.
func newestRun(command string) string {
	runs, _ := filepath.Glob("why403-*.db")
	if len(runs) == 0 {
		return `"why403 run -- TOOL" records one, "why403 demo" shows how`
	}
	return fmt.Sprintf(`the newest here: "%s %s"`, command, slices.Max(runs))
}
