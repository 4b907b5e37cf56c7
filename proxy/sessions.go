package proxy

// sessionsWithin is how many sockets fit under a limit on descriptors.
func sessionsWithin(hard uint64) int {
	const reserve, most = 64, 1 << 20 // "unlimited" is not
	hard = min(hard, 2*most)
	return int(max(0, int64(hard-hard/20)-reserve) / 2)
}
