package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// endOnInterrupt lets a command that has something to put in order end well: the
// first interrupt cancels its context and says so, a second one ends the program
// at once. The command must call the function returned. Commands without it end at
// the first.
func endOnInterrupt(cmd *cobra.Command) (done func()) {
	ctx, cancel := context.WithCancel(cmd.Context())
	cmd.SetContext(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			signal.Stop(signals) // before anybody can know
			say(cmd, "ending; interrupt once more to stop at once")
			cancel()
		case <-ctx.Done():
			signal.Stop(signals)
		}
	}()
	return cancel
}
