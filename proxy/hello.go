package proxy

import (
	"why403/capture"
	"why403/capture/tlswire"
)

// helloLimit is how long a ClientHello may be to be looked at, in bytes.
const helloLimit = 64 << 10

// peekHello reads up to the end of the client's ClientHello and leaves it unread. It
// returns nil for what is none; crypto/tls will say why.
func (c *client) peekHello() *tlswire.ClientHello {
	for {
		body, more := clientHello(c.unread)
		if !more {
			h, _ := tlswire.ParseClientHello(body)
			return h
		}
		buf := buffers.get()
		n, err := c.Conn.Read(*buf)
		c.unread = append(c.unread, (*buf)[:n]...)
		buffers.put(buf)
		if err != nil || len(c.unread) > helloLimit {
			return nil
		}
	}
}

// clientHello returns the body of the ClientHello that b begins with, nil if it
// begins with another thing, and whether more of it has to come first (RFC 8446 §4,
// §5.1):
//
//	record:  16 version(2) length(2) fragment…
//	message: 01 length(3) body…, cut into fragments as the sender likes
func clientHello(b []byte) (body []byte, more bool) {
	const recordHeader, messageHeader = 5, 4
	var message []byte
	for {
		if len(b) < recordHeader {
			return nil, true
		}
		n := int(b[3])<<8 | int(b[4])
		switch {
		case b[0] != handshakeRecord || n == 0:
			return nil, false
		case len(b) < recordHeader+n:
			return nil, true
		}
		message = append(message, b[recordHeader:recordHeader+n]...)
		b = b[recordHeader+n:]
		if len(message) < messageHeader {
			continue
		}
		length := int(message[1])<<16 | int(message[2])<<8 | int(message[3])
		switch {
		case message[0] != 1 || length > helloLimit:
			return nil, false
		case len(message) >= messageHeader+length:
			return message[messageHeader : messageHeader+length], false
		}
	}
}

// fingerprint adds how a hello looks to others to the facts of its connection.
func fingerprint(facts *capture.TLS, h *tlswire.ClientHello) {
	if h != nil {
		facts.JA3, facts.JA4 = h.JA3(), h.JA4()
	}
}
