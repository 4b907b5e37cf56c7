package capture

// Phases are the moments of an attempt, in the order they usually come. On the
// second and later exchanges of a connection the phases of its opening are zero:
// they did not happen for that attempt.
type Phases struct {
	Accepted        Instant // the client's TCP connection reached the recorder
	ConnectRead     Instant // CONNECT head read
	ConnectAnswered Instant // 200 written
	ClientHello     Instant // ClientHello read
	ClientSecured   Instant // client's TLS handshake done
	RequestRead     Instant // last byte of the request head read from the client

	ResolveStart Instant // name look-up of the gateway starts
	Resolved     Instant // addresses known; the TCP connection starts
	Dialed       Instant // TCP connection to the gateway established
	Secured      Instant // TLS handshake with the gateway done

	RequestSent   Instant // just before the first byte of the request went out
	ResponseFirst Instant // first byte of the answer
	ResponseHead  Instant // end of the final answer's head
	ResponseEnd   Instant // end of its body, if it has one; without an answer, when that was certain
	Relayed       Instant // the answer's head was handed to the client
}
