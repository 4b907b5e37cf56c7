// Package tcp puts the segments of a capture back into the byte streams that they
// were (RFC 9293).
//
// An [Assembler] takes segments in the order captured and gives each connection's
// [Stream] its bytes in order, without copies where they come in order. It works
// from what a capture is, rather than as a receiver would: packets may be missing,
// come twice (loopback and bridges show each packet again), in the wrong order
// within and between the directions, and begin or end in mid-connection.
//
// Two rules keep it honest. Bytes are never guessed: what is missing is a gap, of
// a known length, before anything behind it is given. And nothing is given before
// what it answers: a segment that acknowledges bytes of the other side waits for
// them, so that a request is seen before its response whatever the order of the
// packets. A hole whose bytes the other side has acknowledged was missed by the
// capture, and is waited for only as long as packets are delayed on their way into a
// capture ([Options.Patience]); any other may still be filled by a retransmission.
package tcp
