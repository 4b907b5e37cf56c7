package proxy

import (
	"fmt"
	"os"
	"syscall"
)

// ipBindAddressNoPort is IP_BIND_ADDRESS_NO_PORT (linux/in.h).
const ipBindAddressNoPort = 24

// bindWithoutPort leaves the choice of a port to connect, which knows the other end:
// bind takes one for itself alone, so that a port serves one gateway and not many.
func bindWithoutPort(_, _ string, raw syscall.RawConn) error {
	var err error
	if cerr := raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort, 1)
	}); cerr != nil {
		return cerr
	}
	return err
}

// localPorts is how many ports an address has for connections, 0 if that is not
// known.
func localPorts() int {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	var first, last int
	if _, serr := fmt.Sscan(string(text), &first, &last); err != nil || serr != nil || last < first {
		return 0
	}
	return last - first + 1
}
