package proxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// Socket options that package syscall does not name on every architecture.
const (
	soReusePort         = 15 // asm-generic/socket.h
	ipTransparent       = 19 // linux/in.h
	ipBindAddressNoPort = 24 // linux/in.h
	ipv6Transparent     = 75 // linux/in6.h
	soOriginalDst       = 80 // linux/netfilter_ipv4.h, linux/netfilter_ipv6/ip6_tables.h
)

const canTransparent = true

// inheritsKeepAlive says that accepted connections have the listener's keep-alive.
const inheritsKeepAlive = true

// keepAlive sets what package net sets for each connection, with four system calls.
func keepAlive(fd int, _ string) error {
	const idle, interval, count = 15, 15, 9 // seconds, seconds, probes
	return os.NewSyscallError("setsockopt SO_KEEPALIVE", errors.Join(
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1),
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, idle),
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, interval),
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, count)))
}

func reusePort(fd int, _ string) error {
	return os.NewSyscallError("setsockopt SO_REUSEPORT", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, soReusePort, 1))
}

// listenForAll accepts connections to any address that TPROXY leads here.
func listenForAll(fd int, network string) error {
	if strings.HasSuffix(network, "6") {
		return os.NewSyscallError("setsockopt IPV6_TRANSPARENT", syscall.SetsockoptInt(fd, syscall.SOL_IPV6, ipv6Transparent, 1))
	}
	return os.NewSyscallError("setsockopt IP_TRANSPARENT", syscall.SetsockoptInt(fd, syscall.SOL_IP, ipTransparent, 1))
}

// bindWithoutPort leaves the choice of a port to connect, which knows the other end:
// bind takes one for itself alone, so that a port serves one gateway and not many.
func bindWithoutPort(fd int, _ string) error {
	return os.NewSyscallError("setsockopt IP_BIND_ADDRESS_NO_PORT", syscall.SetsockoptInt(fd, syscall.SOL_IP, ipBindAddressNoPort, 1))
}

// mark makes packets of a socket known to the rules that redirect others.
func mark(n int) func(int, string) error {
	return func(fd int, _ string) error {
		return os.NewSyscallError("setsockopt SO_MARK", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_MARK, n))
	}
}

// redirectedFrom is the destination that a connection had before netfilter changed
// it. The kernel returns a struct sockaddr_in or sockaddr_in6; package syscall can
// fetch that many bytes only as other structures.
func redirectedFrom(fd int, v6 bool) (netip.AddrPort, error) {
	if v6 {
		info, err := syscall.GetsockoptIPv6MTUInfo(fd, syscall.SOL_IPV6, soOriginalDst)
		if err != nil {
			return netip.AddrPort{}, os.NewSyscallError("getsockopt IP6T_SO_ORIGINAL_DST", err)
		}
		port := binary.NativeEndian.AppendUint16(nil, info.Addr.Port) // as on the wire
		return netip.AddrPortFrom(netip.AddrFrom16(info.Addr.Addr), binary.BigEndian.Uint16(port)), nil
	}
	mreq, err := syscall.GetsockoptIPv6Mreq(fd, syscall.SOL_IP, soOriginalDst)
	if err != nil {
		return netip.AddrPort{}, os.NewSyscallError("getsockopt SO_ORIGINAL_DST", err)
	}
	b := mreq.Multiaddr // family(2) port(2) address(4) zero(8)
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), uint16(b[2])<<8|uint16(b[3])), nil
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
