package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Tool is a load tool to run.
type Tool struct {
	Argv           []string
	Env            []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Grace is how long a tool may take to end after its context is cancelled.
const Grace = 10 * time.Second

// Run starts the tool and waits for it. It returns the tool's exit status, or
// 128 plus the signal's number as a shell does; an error only if the tool could
// not be started. Cancelling ctx terminates the tool (an interrupt typed at a
// terminal has reached it already) and, after [Grace], kills it.
func (t Tool) Run(ctx context.Context) (status int, err error) {
	cmd := exec.CommandContext(ctx, t.Argv[0], t.Argv[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = t.Env, t.Stdin, t.Stdout, t.Stderr
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	cmd.WaitDelay = Grace
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start %q: %w", t.Argv[0], err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return 0, fmt.Errorf("run %q: %w", t.Argv[0], err)
	}
	return exitStatus(cmd.ProcessState), nil
}
