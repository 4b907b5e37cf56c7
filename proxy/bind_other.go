//go:build !linux

package proxy

import "syscall"

var bindWithoutPort func(network, address string, raw syscall.RawConn) error

// localPorts is how many ports an address has for connections, 0 if that is not
// known.
func localPorts() int { return 0 }
