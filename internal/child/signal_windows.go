package child

import "os"

// terminate kills: Windows has no signal for a single process.
func terminate(p *os.Process) error { return p.Kill() }

func exitStatus(state *os.ProcessState) int { return state.ExitCode() }
