package dissect

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"

	"why403/capture"
)

// decoded undoes a content coding (RFC 9110 §8.4.1), because what is in it may be a
// secret. whole says whether b is all of the body, complete whether text is. ok is
// false if the coding cannot be undone.
func decoded(coding string, b []byte, whole bool) (text []byte, complete, ok bool) {
	var r io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "", "identity":
		return b, whole, true
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(b))
	case "deflate":
		if r, err = zlib.NewReader(bytes.NewReader(b)); err != nil { // some send it bare
			r, err = flate.NewReader(bytes.NewReader(b)), nil
		}
	default:
		return nil, false, len(b) == 0
	}
	if err != nil {
		return nil, false, len(b) == 0
	}
	text, err = io.ReadAll(io.LimitReader(r, capture.BodyLimit+slack))
	return text, whole && err == nil && len(text) < capture.BodyLimit+slack, true
}

// inflated undoes permessage-deflate for the first message that a side sends (RFC 7692
// §7.2.2), as far as it goes: one that refers to messages before it cannot be read.
func inflated(b []byte, whole bool) (text []byte, complete bool) {
	const emptyBlock, lastBlock = "\x00\x00\xff\xff", "\x01\x00\x00\xff\xff"
	r := flate.NewReader(io.MultiReader(bytes.NewReader(b), strings.NewReader(emptyBlock+lastBlock)))
	text, err := io.ReadAll(io.LimitReader(r, clientText))
	return text, whole && err == nil && len(text) < clientText
}
