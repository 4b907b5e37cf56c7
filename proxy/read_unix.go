//go:build unix && !linux

package proxy

import "syscall"

// readNow reads what there is.
func readNow(fd int, b []byte) (int, error) { return syscall.Read(fd, b) }
