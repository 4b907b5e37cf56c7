package passive

import (
	"bytes"
	"strings"

	"why403/capture/http1"
)

// kind is what the first bytes of a direction look like.
type kind int

const (
	unknown     kind = iota
	short            // could become anything known
	request          // HTTP/1.1 request
	connect          // CONNECT request
	response         // HTTP/1.1 response
	preface          // HTTP/2 (RFC 9113 §3.4)
	settings         // HTTP/2, of a server: it need not wait for the client
	clientHello      // TLS
	serverHello      // TLS
	tlsRecord        // TLS, from its middle
	proxyHeader      // PROXY protocol, before anything else
)

func (k kind) fromClient() bool {
	return k == request || k == connect || k == preface || k == clientHello || k == proxyHeader
}

func (k kind) fromServer() bool { return k == response || k == serverHello }

const (
	http2Preface = "PRI * HTTP/2.0\r\n"
	proxyV1      = "PROXY "
	proxyV2      = "\r\n\r\n\x00\r\nQUIT\n"
)

// decisive is how many bytes tell all kinds apart.
const decisive = 24

// classify tells what b begins.
func classify(b []byte) kind {
	if len(b) == 0 {
		return short
	}
	if 20 <= b[0] && b[0] <= 23 {
		return classifyTLS(b)
	}
	if b[0] == 0 {
		return classifySettings(b)
	}
	for _, known := range []struct {
		prefix string
		kind   kind
	}{{http2Preface, preface}, {"HTTP/1.", response}, {"CONNECT ", connect}, {proxyV1, proxyHeader}, {proxyV2, proxyHeader}} {
		n := min(len(b), len(known.prefix))
		if string(b[:n]) != known.prefix[:n] {
			continue
		}
		if n == len(known.prefix) {
			return known.kind
		}
		return short
	}
	return classifyRequest(b)
}

// classifyRequest reads a method, behind empty lines or not. That of HTTP/2's preface is
// one of HTTP/1.1 for some bytes more than the first space.
func classifyRequest(b []byte) kind {
	if !http1.LooksLikeRequest(b[:min(len(b), 64)]) {
		return unknown
	}
	line := bytes.TrimLeft(b, "\r\n")
	if len(b) < decisive && (bytes.IndexByte(line, ' ') < 0 || strings.HasPrefix(http2Preface, string(line))) {
		return short
	}
	return request
}

// classifySettings reads the header of a frame (RFC 9113 §4.1), length(3) type(1) flags(1)
// stream(4).
func classifySettings(b []byte) kind {
	const rest = "\x04\x00\x00\x00\x00\x00"
	if head := string(b[min(len(b), 3):min(len(b), 9)]); !strings.HasPrefix(rest, head) {
		return unknown
	}
	if len(b) < 9 {
		return short
	}
	return settings
}

// classifyTLS reads the header of a record, type(1) version(2) length(2), and the type
// of the message in it.
func classifyTLS(b []byte) kind {
	if len(b) >= 2 && b[1] != 3 || len(b) >= 3 && b[2] > 4 {
		return unknown
	}
	if len(b) < 6 {
		return short
	}
	if length := int(b[3])<<8 | int(b[4]); length == 0 || length > 1<<14+2048 {
		return unknown
	}
	switch {
	case b[0] == 22 && b[5] == 1:
		return clientHello
	case b[0] == 22 && b[5] == 2:
		return serverHello
	}
	return tlsRecord
}
