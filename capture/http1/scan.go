package http1

import (
	"bytes"
	"fmt"
)

// DefaultHeadLimit is how long a head may be where nothing else is said, in bytes.
const DefaultHeadLimit = 64 << 10

// Scanner finds the end of a head in bytes that come in pieces. It looks at each
// byte once and keeps none. The zero value is ready for one head.
//
// A line ends with LF, with or without CR before it; the head ends with the first
// empty line after one that is not empty (RFC 9112 §2.1, §2.2).
type Scanner struct {
	Limit int // bytes a head may have, DefaultHeadLimit if 0

	taken, lead int
	line        lineState
	begun       bool // a line was not empty
}

// lineState is what the line in progress has so far.
type lineState uint8

const (
	lineEmpty lineState = iota
	lineCR              // one CR and nothing else
	lineText
)

// Scan takes the next piece. It returns how many of its bytes belong to the head,
// and whether the head ends with them. The error, an [*Error], says that the head is
// over the limit; the Scanner is of no use after that.
func (s *Scanner) Scan(b []byte) (n int, done bool, err error) {
	for n < len(b) && !done {
		if s.line == lineText {
			n += s.skipText(b[n:])
			continue
		}
		switch c := b[n]; {
		case c == '\n':
			done = s.begun
			s.line = lineEmpty
			if !done {
				s.lead = s.taken + n + 1
			}
		case c == '\r' && s.line == lineEmpty:
			s.line = lineCR
		default:
			s.line, s.begun = lineText, true
		}
		n++
	}
	s.taken += n
	if limit := s.limit(); s.taken > limit {
		return n, false, &Error{Offset: limit, Problem: fmt.Sprintf("head over %d bytes", limit)}
	}
	return n, done, nil
}

// skipText moves to the next line, or to the end of what there is.
func (s *Scanner) skipText(b []byte) int {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return len(b)
	}
	s.line = lineEmpty
	return i + 1
}

func (s *Scanner) limit() int {
	if s.Limit > 0 {
		return s.Limit
	}
	return DefaultHeadLimit
}

// Taken returns how many bytes of the head have come so far.
func (s *Scanner) Taken() int { return s.taken }

// Lead returns how many of them are empty lines before the start line.
func (s *Scanner) Lead() int { return s.lead }

// HeadEnd returns the length of the head that b begins with, and whether it is
// complete. For bytes that come in pieces a [Scanner] does less work.
func HeadEnd(b []byte) (n int, complete bool) {
	s := Scanner{Limit: len(b) + 1}
	n, complete, _ = s.Scan(b)
	return n, complete
}
