package live

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"

	"golang.org/x/net/bpf"
)

// Verdicts of a filter: how many bytes of a packet are kept.
var (
	take  = bpf.RetConstant{Val: 1 << 18}
	leave = bpf.RetConstant{Val: 0}
)

// filter builds the kernel's part of the filtering, for packets whose IP header stands
// at an offset, 14 behind Ethernet. It leaves out what is surely not wanted; fragments,
// extension headers and tags pass.
func filter(opt Options, ip uint32) []bpf.Instruction {
	var f []bpf.Instruction
	if len(opt.Ports) == 0 && len(opt.Hosts) == 0 {
		return append(f, take)
	}
	v4, v6 := append(hosts4(opt.Hosts, ip), ports4(opt.Ports, ip)...), ports6(opt.Ports, ip)
	if ip == 0 { // the version is in the first half byte
		f = append(f, bpf.LoadAbsolute{Off: 0, Size: 1}, bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4})
		f = append(f, only(4, v4)...)
		return append(append(f, only(6, v6)...), take)
	}
	f = append(f, bpf.LoadAbsolute{Off: ip - 2, Size: 2})
	f = append(f, only(0x0800, v4)...)
	return append(append(f, only(0x86dd, v6)...), take)
}

// among leaves what does not pass one of the interfaces.
func among(interfaces []net.Interface) (f []bpf.Instruction) {
	f = append(f, bpf.LoadExtension{Num: bpf.ExtInterfaceIndex})
	for n, i := range interfaces {
		f = append(f, bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(i.Index), SkipTrue: uint8(len(interfaces) - n)})
	}
	return append(f, leave)
}

// incoming leaves what a loopback interface sends: it comes in again.
func incoming(index int) []bpf.Instruction {
	return append([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtInterfaceIndex},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(index), SkipFalse: 3},
		bpf.LoadExtension{Num: bpf.ExtType},
	}, when(bpf.JumpEqual, 4, leave)...) // PACKET_OUTGOING
}

// when returns a verdict if what was loaded compares so.
func when(cond bpf.JumpTest, val uint32, verdict bpf.Instruction) []bpf.Instruction {
	return []bpf.Instruction{bpf.JumpIf{Cond: cond, Val: val, SkipFalse: 1}, verdict}
}

// only runs a block, which ends in a verdict, if what was loaded equals val.
func only(val uint32, block []bpf.Instruction) []bpf.Instruction {
	return append([]bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: val, SkipFalse: 1}, bpf.Jump{Skip: uint32(len(block))}}, block...)
}

// hosts4 leaves packets of other IPv4 addresses, unless an IPv6 address is wanted too.
func hosts4(hosts []netip.Addr, ip uint32) (f []bpf.Instruction) {
	if len(hosts) == 0 || slices.ContainsFunc(hosts, netip.Addr.Is6) {
		return nil
	}
	var tests []bpf.Instruction
	for _, off := range []uint32{12, 16} {
		tests = append(tests, bpf.LoadAbsolute{Off: ip + off, Size: 4})
		for _, h := range hosts {
			b := h.As4()
			tests = append(tests, bpf.JumpIf{Cond: bpf.JumpEqual, Val: binary.BigEndian.Uint32(b[:])})
		}
	}
	for i := range tests { // each jumps behind the verdict that follows them all
		if j, ok := tests[i].(bpf.JumpIf); ok {
			j.SkipTrue = uint8(len(tests) - i)
			tests[i] = j
		}
	}
	return append(tests, leave)
}

// ports4 decides over an IPv4 packet.
func ports4(ports []uint16, ip uint32) (f []bpf.Instruction) {
	f = append(f, bpf.LoadAbsolute{Off: ip + 9, Size: 1})
	f = append(f, when(bpf.JumpNotEqual, 6, leave)...) // tunnels too: filter what is inside, or nothing
	if len(ports) == 0 {
		return append(f, take)
	}
	f = append(f, bpf.LoadAbsolute{Off: ip + 6, Size: 2})
	f = append(f, when(bpf.JumpBitsSet, 0x3fff, take)...) // a fragment may have no ports
	f = append(f, bpf.LoadMemShift{Off: ip})
	for _, off := range []uint32{0, 2} {
		f = append(f, bpf.LoadIndirect{Off: ip + off, Size: 2})
		for _, p := range ports {
			f = append(f, when(bpf.JumpEqual, uint32(p), take)...)
		}
	}
	return append(f, leave)
}

// ports6 decides over an IPv6 packet without extension headers; with them it passes.
func ports6(ports []uint16, ip uint32) (f []bpf.Instruction) {
	f = append(f, bpf.LoadAbsolute{Off: ip + 6, Size: 1})
	f = append(f, when(bpf.JumpEqual, 17, leave)...) // UDP
	f = append(f, when(bpf.JumpEqual, 58, leave)...) // ICMP
	f = append(f, when(bpf.JumpNotEqual, 6, take)...)
	if len(ports) == 0 {
		return append(f, take)
	}
	for _, off := range []uint32{40, 42} {
		f = append(f, bpf.LoadAbsolute{Off: ip + off, Size: 2})
		for _, p := range ports {
			f = append(f, when(bpf.JumpEqual, uint32(p), take)...)
		}
	}
	return append(f, leave)
}
