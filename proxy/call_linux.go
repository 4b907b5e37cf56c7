//go:build !race

package proxy

import (
	"syscall"
	"unsafe"
)

// readNow reads what there is.
func readNow(fd int, b []byte) (int, error) { return call(syscall.SYS_READ, fd, b) }

// writeNow writes what there is room for.
func writeNow(fd int, b []byte) (int, error) { return call(syscall.SYS_WRITE, fd, b) }

// call makes a system call that does not wait.
func call(number uintptr, fd int, b []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(number, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
