package capture

import "net/netip"

// Upgrade is one attempt to turn an HTTP connection into a WebSocket (RFC
// 6455 §4): the request, what answered it, and how the socket ended.
//
// Over HTTP/2 an attempt is an extended CONNECT (RFC 8441) and has a stream instead of
// a connection. Its heads are written as HTTP/1.1 would have it, with HTTP/2 as the
// version.
//
// A producer emits the same attempt several times as it unfolds (sent, answered,
// ended); (Conn, Exchange) identify it, and the last one emitted stands.
type Upgrade struct {
	// Conn numbers the connection within the run, Exchange the request on that
	// connection; both from 1. Two attempts with one Conn shared a connection.
	Conn, Exchange int64

	Client netip.AddrPort // the load tool's socket
	Source netip.AddrPort // what the gateway saw as its peer: the proxy's socket, or Client
	Server netip.AddrPort // the gateway's socket

	Scheme    string // "ws" or "wss"
	Authority string // host:port that was asked for: the CONNECT target, or the URL's
	Host      string // the Host field as sent
	Target    string // request target in origin form (RFC 9112 §3.2.1), secrets masked

	RequestHead  KeptHead // as sent to the gateway
	ResponseHead KeptHead // the final answer, as sent by the gateway
	Body         []byte   // first bytes of a refusal's body, at most [BodyLimit], secrets masked
	BodyBytes    int64    // length of the whole body as far as it was read

	Status  int     // status code of the answer, 0 if there was none
	Outcome Outcome // what became of the attempt
	Failure string  // for outcomes without an answer: the reason, for people

	Credentials []Credential // tokens found in the request or the first text frame

	Phases Phases
	Socket Socket // after 101

	ClientTLS, ServerTLS *TLS // facts of the two legs, nil if plain or not seen

	// Edits lists what the recorder changed between client and gateway, for
	// people: "request target: absolute form to origin form".
	Edits []string
	// Oddities lists what is unusual in the bytes (RFC 9112, RFC 6455), for people.
	Oddities []string
}

// BodyLimit is how many bytes of a refusal's body are kept.
const BodyLimit = 64 << 10

// Outcome is what became of an upgrade attempt at the HTTP level. A 101 that the
// gateway closes at once is Accepted here; calling it a refusal is analysis.
type Outcome string

const (
	Pending    Outcome = "pending"     // sent, no answer yet
	Accepted   Outcome = "accepted"    // 101, over HTTP/2 any 2xx
	Refused    Outcome = "refused"     // any other final status
	Dropped    Outcome = "dropped"     // the gateway closed the connection without an answer
	TimedOut   Outcome = "timed-out"   // the recorder stopped waiting for an answer
	ClientGone Outcome = "client-gone" // the client left before an answer came
	Unreached  Outcome = "unreached"   // the recorder could not reach the gateway; nothing was sent
)

// Credential is one token found in one place of an attempt.
type Credential struct {
	Token Fingerprint
	// Place is where it travelled: "authorization", "query:access_token",
	// "cookie:jwt", "subprotocol", "header:x-api-key" or "first-frame".
	Place string
	// Scheme is the authentication scheme as sent ("Bearer"), or the form of
	// the subprotocol; "" where the place has none.
	Scheme string
}

// Token returns the fingerprint of the attempt's first credential, "" if none.
func (u *Upgrade) Token() Fingerprint {
	if len(u.Credentials) == 0 {
		return ""
	}
	return u.Credentials[0].Token
}

// TLS are facts of one TLS connection (RFC 8446).
type TLS struct {
	Version string // "TLS 1.3"
	Cipher  string // "TLS_AES_128_GCM_SHA256"
	ALPN    string // negotiated protocol, "" if none
	SNI     string // server name sent, "" if none
	Resumed bool

	// JA3 and JA4 are fingerprints of the ClientHello (MD5 in hexadecimal, and as in
	// "t13d1516h2_8daaf6152771_b186095e22b6"), "" if it was not seen.
	JA3, JA4 string
}
