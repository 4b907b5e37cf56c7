//go:build !linux

package proxy

import (
	"errors"
	"net/netip"
)

const (
	canTransparent    = false
	inheritsKeepAlive = false
)

var errLinux = errors.New("needs Linux")

func reusePort(int, string) error    { return errLinux }
func listenForAll(int, string) error { return errLinux }
func keepAlive(int, string) error    { return errLinux }

// bindWithoutPort does nothing: what it avoids is Linux's way.
func bindWithoutPort(int, string) error { return nil }

func mark(int) func(int, string) error { return listenForAll }

func redirectedFrom(int, bool) (netip.AddrPort, error) { return netip.AddrPort{}, errLinux }

// localPorts is how many ports an address has for connections, 0 if that is not
// known.
func localPorts() int { return 0 }
