// Command why403 answers why a gateway refuses WebSocket upgrades under load.
//
// It records the upgrades of a load test as a proxy between the load tool and
// the gateway, and says from the recording what the refusals depend on. See
// "why403 --help" and README.md.
//
// Results go to standard output; everything else goes to standard error, each
// line led by "why403:". The exit status is 0 when done, 1 on failure, 2 on wrong
// usage, and 3 with --exit-code when refusals were found or with --fail-on when its
// condition holds; "why403 run" ends with the load tool's own status.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return status(root.ExecuteContext(ctx), stderr)
}

const (
	exitFailed = 1
	exitUsage  = 2
	exitFound  = 3
)

// exit is an error that is nothing but an exit status.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// hinted is an error that knows what to do about it.
type hinted struct {
	error
	hint string
}

func (e hinted) Unwrap() error { return e.error }

// status prints err for a person and returns the exit status it stands for.
func status(err error, stderr io.Writer) int {
	var code exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(stderr, "why403: error: %v\n", err)
	if h := hint(err); h != "" {
		fmt.Fprintf(stderr, "why403: hint: %s\n", h)
	}
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
