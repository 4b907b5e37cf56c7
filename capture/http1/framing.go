package http1

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Framing is how a message's body ends (RFC 9112 §6.3).
type Framing struct {
	Kind
	Length int64 // for Sized, above 0
}

// Kind is a kind of framing.
type Kind uint8

const (
	NoBody     Kind = iota
	Sized           // a Content-Length
	Chunked         // chunked transfer coding
	UntilClose      // until the connection ends, responses only
)

// ErrFraming is wrapped by errors about heads from which nobody can tell where
// their body ends.
var ErrFraming = errors.New("body length unknown")

// Framing returns how the request's body ends (RFC 9112 §6.3). An error wraps
// [ErrFraming].
func (r *Request) Framing() (Framing, error) {
	codings := transferCodings(r.Fields)
	switch {
	case len(codings) == 0:
		return sized(r.Fields, Framing{})
	case isChunked(codings):
		return Framing{Kind: Chunked}, nil
	default:
		return Framing{}, fmt.Errorf("request framing: %w: last transfer coding is not chunked", ErrFraming)
	}
}

// Framing returns how the body of the response to a request with that method ends
// (RFC 9112 §6.3). What follows the head of a 101, or of a 2xx to CONNECT, is no
// body and not for this to say. An error wraps [ErrFraming].
func (r *Response) Framing(method string) (Framing, error) {
	codings := transferCodings(r.Fields)
	switch {
	case method == "HEAD", r.Status < 200, r.Status == 204, r.Status == 304,
		method == "CONNECT" && r.Status < 300:
		return Framing{}, nil
	case len(codings) == 0:
		return sized(r.Fields, Framing{Kind: UntilClose})
	case isChunked(codings):
		return Framing{Kind: Chunked}, nil
	default:
		return Framing{Kind: UntilClose}, nil
	}
}

// transferCodings returns the codings of all Transfer-Encoding fields in the order
// applied (RFC 9112 §6.1).
func transferCodings(f Fields) (codings []string) {
	for i := range f {
		if !strings.EqualFold(f[i].Name, "Transfer-Encoding") {
			continue
		}
		for item := range strings.SplitSeq(f[i].Value, ",") {
			if item = strings.Trim(item, blank); item != "" {
				codings = append(codings, item)
			}
		}
	}
	return codings
}

func isChunked(codings []string) bool {
	return strings.EqualFold(codings[len(codings)-1], "chunked")
}

// sized reads Content-Length, which may be repeated with the same value (RFC 9110
// §8.6).
func sized(f Fields, without Framing) (Framing, error) {
	length := int64(-1)
	for i := range f {
		if !strings.EqualFold(f[i].Name, "Content-Length") {
			continue
		}
		for item := range strings.SplitSeq(f[i].Value, ",") {
			n, ok := parseLength(strings.Trim(item, blank))
			if !ok {
				return Framing{}, fmt.Errorf("content length: %w: not a number below 2^63", ErrFraming)
			}
			if length >= 0 && n != length {
				return Framing{}, fmt.Errorf("content length: %w: two values that differ", ErrFraming)
			}
			length = n
		}
	}
	switch {
	case length < 0:
		return without, nil
	case length == 0:
		return Framing{}, nil
	default:
		return Framing{Kind: Sized, Length: length}, nil
	}
}

func parseLength(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// oddFraming lists what is unusual in the fields that say where a body ends.
func oddFraming(f Fields, minor int) (odd Oddities) {
	lengths, coded := 0, f.Count("Transfer-Encoding") > 0
	for i := range f {
		if strings.EqualFold(f[i].Name, "Content-Length") {
			lengths += 1 + strings.Count(f[i].Value, ",")
		}
	}
	if lengths > 1 {
		odd |= ManyLengths
	}
	if lengths > 0 && coded {
		odd |= LengthAndCoding
	}
	if minor == 0 && coded {
		odd |= CodingInOld
	}
	return odd
}
