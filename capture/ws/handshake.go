package ws

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"why403/capture"
)

// Accept returns the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455
// §4.2.2, step 5.4).
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// CheckRequest lists what an upgrade request has that RFC 6455 §4.1 does not allow,
// for people. The key must be in the head as sent, not masked.
func CheckRequest(head capture.Head) (oddities []string) {
	add := func(odd bool, text string) {
		if odd {
			oddities = append(oddities, text)
		}
	}
	line := head.StartLine()
	add(!strings.HasPrefix(line, "GET "), "method of an upgrade is not GET")
	add(!hasToken(head, "Connection", "upgrade"), "Connection does not list upgrade")
	key, version := all(head, "Sec-WebSocket-Key"), all(head, "Sec-WebSocket-Version")
	switch {
	case len(key) == 0:
		add(true, "no Sec-WebSocket-Key")
	case len(key) > 1:
		add(true, "more than one Sec-WebSocket-Key")
	default:
		raw, err := base64.StdEncoding.DecodeString(key[0])
		add(err != nil || len(raw) != 16, "Sec-WebSocket-Key is not base64 of 16 bytes")
	}
	switch {
	case len(version) == 0:
		add(true, "no Sec-WebSocket-Version")
	case len(version) > 1:
		add(true, "more than one Sec-WebSocket-Version")
	default:
		add(version[0] != "13", "Sec-WebSocket-Version is not 13")
	}
	return oddities
}

// CheckAnswer lists what a 101 has that RFC 6455 §4.1 tells clients to refuse, for
// people.
func CheckAnswer(request, answer capture.Head) (oddities []string) {
	add := func(odd bool, text string) {
		if odd {
			oddities = append(oddities, text)
		}
	}
	add(!hasToken(answer, "Upgrade", "websocket"), "Upgrade is not websocket")
	add(!hasToken(answer, "Connection", "upgrade"), "Connection does not list upgrade")
	if key, ok := request.Get("Sec-WebSocket-Key"); ok {
		accept := all(answer, "Sec-WebSocket-Accept")
		switch {
		case len(accept) == 0:
			add(true, "no Sec-WebSocket-Accept")
		case len(accept) > 1:
			add(true, "more than one Sec-WebSocket-Accept")
		default:
			add(accept[0] != Accept(key), "Sec-WebSocket-Accept does not match the key")
		}
	}
	return append(oddities, CheckChoice(request, answer)...)
}

// CheckChoice lists what an answer chooses that the request did not offer (RFC 6455
// §4.1, RFC 8441 §5), for people.
func CheckChoice(request, answer capture.Head) (oddities []string) {
	add := func(odd bool, text string) {
		if odd {
			oddities = append(oddities, text)
		}
	}
	protocols := list(answer, "Sec-WebSocket-Protocol")
	add(len(protocols) > 1, "more than one subprotocol chosen")
	if len(protocols) == 1 {
		add(!hasExactly(request, "Sec-WebSocket-Protocol", protocols[0]), "subprotocol that was not offered")
	}
	for _, ext := range list(answer, "Sec-WebSocket-Extensions") {
		name := extensionName(ext)
		offered := false
		for _, o := range list(request, "Sec-WebSocket-Extensions") {
			offered = offered || strings.EqualFold(extensionName(o), name)
		}
		if !offered {
			add(true, "extension that was not offered")
			break
		}
	}
	return oddities
}

// Extensions returns which of the bits RSV1 to RSV3 the extensions that a 101 agrees
// to can use (RFC 6455 §5.2): RSV1 for permessage-deflate (RFC 7692 §6), any for one
// that is not known.
func Extensions(answer capture.Head) (rsv byte) {
	for _, ext := range list(answer, "Sec-WebSocket-Extensions") {
		if strings.EqualFold(extensionName(ext), "permessage-deflate") {
			rsv |= rsv1
		} else {
			rsv |= rsvAll
		}
	}
	return rsv
}

// all returns the values of each field with that name.
func all(head capture.Head, name string) (values []string) {
	for n, v := range head.Fields() {
		if strings.EqualFold(n, name) {
			values = append(values, v)
		}
	}
	return values
}

// list returns the items of a comma-separated list field.
func list(head capture.Head, name string) (items []string) {
	for _, v := range all(head, name) {
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
	}
	return items
}

func hasToken(head capture.Head, name, token string) bool {
	for _, item := range list(head, name) {
		if strings.EqualFold(item, token) {
			return true
		}
	}
	return false
}

func hasExactly(head capture.Head, name, item string) bool {
	for _, have := range list(head, name) {
		if have == item {
			return true
		}
	}
	return false
}

// extensionName returns the name of an extension without its parameters.
func extensionName(ext string) string {
	name, _, _ := strings.Cut(ext, ";")
	return strings.TrimSpace(name)
}
