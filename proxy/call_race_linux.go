//go:build race

package proxy

import "syscall"

// readNow and writeNow tell the race detector, as package syscall does, that what was
// done before a write happened before what is done after the read.

func readNow(fd int, b []byte) (int, error)  { return syscall.Read(fd, b) }
func writeNow(fd int, b []byte) (int, error) { return syscall.Write(fd, b) }
