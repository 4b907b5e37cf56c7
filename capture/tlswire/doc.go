// Package tlswire reads TLS from the outside: bytes of both directions in,
// decrypted application data out, as far as a key log has the secrets (RFC
// 9850). It reads TLS 1.2 (RFC 5246) and TLS 1.3 (RFC 8446) with its last drafts.
//
// One [Decrypter] serves a whole capture and holds what connections share: the
// [KeyLog], the table of resumable sessions and the buffers. Each TCP connection
// has a [Conn], a state machine that takes the stream with [Conn.Data],
// [Conn.Gap] and [Conn.End] and calls its [Sink] from within these methods.
// There are no goroutines, clocks or I/O here, and every buffer has a bound.
//
//	keys := tlswire.NewKeyLog(0)
//	keys.Add(secrets)                       // from files and pcapng blocks
//	d := tlswire.NewDecrypter(keys)
//	c := d.NewConn(sink)
//	c.Data(tlswire.FromClient, at, segment) // in order, without duplicates
//	c.End(tlswire.FromClient, at)
//
// # What is proven and what is not
//
// Plaintext comes out only if its authentication tag or MAC is right, so it is
// never a guess. Where something cannot be read, the sink gets one [Problem] a
// direction with a named [Reason], and what came before it stands. A direction
// after a gap stays closed: its record numbers are unknown.
//
// # How cut the stream is makes no difference
//
// The same bytes give the same calls however they are cut into segments, except
// that instants are those of the segment that completed a record. Within a
// direction, data comes out in order. Between directions the order is that of
// the input, except that a client's encrypted records wait for the server's
// hello, without which they cannot be read.
//
// # What is left to others
//
// TCP (order, duplicates, who is the client) and everything inside the
// plaintext. DTLS, QUIC, TLS 1.1 and older are not read; CBC suites are.
package tlswire
