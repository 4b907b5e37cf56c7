//go:build unix

package proxy

import "syscall"

// Sessions returns how many WebSockets the process may hold open at once, two
// descriptors each, and the hard limit on descriptors that this follows from. Go
// raises the soft limit to the hard one by itself. One descriptor in twenty and 64
// more are kept for connections that come and go, the run file and the runtime.
func Sessions() (n int, hard uint64) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, 0
	}
	hard = uint64(limit.Max) // signed on some systems
	return sessionsWithin(hard), hard
}
