//go:build !unix

package proxy

// Sessions returns how many WebSockets the process may hold open at once, and the
// hard limit on descriptors that this follows from. This system has no such limit
// to ask for; Windows allows a process 16 million handles, memory ends first.
func Sessions() (n int, hard uint64) {
	const handles = 1 << 24
	return sessionsWithin(handles), handles
}
