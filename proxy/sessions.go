package proxy

// connectionsWithin is how many clients are accepted under a limit on descriptors:
// more than there should be sessions, but none that would take what open ones need.
func connectionsWithin(hard uint64) int {
	const reserve = 96 // run file, listeners, live page, connections that end
	return max(1, (int(min(hard, 1<<24))-reserve)/2)
}

// sessionsWithin is how many sockets fit under a limit on descriptors.
func sessionsWithin(hard uint64) int {
	const reserve, most = 64, 1 << 20 // "unlimited" is not
	hard = min(hard, 2*most)
	return int(max(0, int64(hard-hard/20)-reserve) / 2)
}
