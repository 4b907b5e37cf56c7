package tcp

import "time"

// Options bound an [Assembler]. Zero values mean the defaults.
type Options struct {
	// OutOfOrder is the most bytes of one direction that wait for a hole
	// before them to be filled, default 256 KiB.
	OutOfOrder int
	// Memory is the most bytes that wait in all connections, default 64 MiB.
	Memory int
	// Connections is the most connections at a time, default 200,000; beyond it
	// the one that was silent for longest is given up.
	Connections int
	// Patience is how long bytes that the receiver has acknowledged are waited
	// for, in the packets' time, default 250 ms: they are late in the capture or
	// not in it.
	Patience time.Duration
	// Retransmission is how long bytes that nobody has acknowledged are waited
	// for, default 60 s.
	Retransmission time.Duration
}

func (o Options) withDefaults() Options {
	if o.OutOfOrder <= 0 {
		o.OutOfOrder = 256 << 10
	}
	if o.Memory <= 0 {
		o.Memory = 64 << 20
	}
	if o.Connections <= 0 {
		o.Connections = 200_000
	}
	if o.Patience <= 0 {
		o.Patience = 250 * time.Millisecond
	}
	if o.Retransmission <= 0 {
		o.Retransmission = time.Minute
	}
	return o
}

// Stats counts what the capture did to its connections.
type Stats struct {
	Connections int64
	Late        int64 // of them without a SYN: the capture began after them
	OneSided    int64 // of them with segments of one side only
	Evicted     int64 // given up to stay within [Options.Connections]
	Strays      int64 // segments of connections that had ended or never began

	Payloads   int64 // segments with payload
	Duplicates int64 // of them without a new byte: retransmissions or copies
	Disordered int64 // of them that had to wait

	Gaps, GapBytes int64
}
