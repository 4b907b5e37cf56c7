package pcapfile

import (
	"math"
	"math/bits"

	"why403/capture"
)

// iface is one interface of a pcapng section.
type iface struct {
	link    LinkType
	snaplen uint32
	// resolution is if_tsresol: the exponent of 10, or of 2 with the top bit
	// set, of the units in a second.
	resolution byte
	offset     int64 // if_tsoffset, in seconds
	dropped    int64 // as its last statistics block says
}

var pow10 = [20]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// time converts a time stamp. It returns 0, "no time", for one that an Instant
// cannot hold.
func (i *iface) time(stamp uint64) capture.Instant {
	seconds, nanos := split(stamp, i.resolution)
	const last = math.MaxInt64/1_000_000_000 - 1
	if seconds > last {
		return 0
	}
	total := int64(seconds) + i.offset
	if total < 0 || total > last {
		return 0
	}
	return capture.Instant(total*1e9 + int64(nanos))
}

// split returns the whole seconds and the nanoseconds of a time stamp.
func split(stamp uint64, resolution byte) (seconds, nanos uint64) {
	exponent := int(resolution & 0x7f)
	switch {
	case resolution&0x80 != 0:
		return splitBinary(stamp, exponent)
	case exponent <= 9:
		return stamp / pow10[exponent], stamp % pow10[exponent] * pow10[9-exponent]
	case exponent <= 19:
		return stamp / pow10[exponent], stamp % pow10[exponent] / pow10[exponent-9]
	case exponent <= 28: // a stamp holds less than 1.8 seconds of these
		return 0, stamp / pow10[exponent-9]
	}
	return 0, 0
}

// splitBinary is split for units of 2^-exponent seconds, by way of 128 bits.
func splitBinary(stamp uint64, exponent int) (seconds, nanos uint64) {
	if exponent < 64 {
		seconds = stamp >> exponent
		stamp -= seconds << exponent
	}
	hi, lo := bits.Mul64(stamp, 1e9)
	switch {
	case exponent == 0:
		nanos = lo
	case exponent < 64:
		nanos = hi<<(64-exponent) | lo>>exponent
	default:
		nanos = hi >> (exponent - 64)
	}
	return seconds, nanos
}
