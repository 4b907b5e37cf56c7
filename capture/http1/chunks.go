package http1

// chunkState is where a chunked body is (RFC 9112 §7.1):
//
//	chunk-size [ chunk-ext ] CRLF chunk-data CRLF  (chunkSize … chunkDataLF)
//	0 [ chunk-ext ] CRLF                           (the last chunk)
//	*( field-line CRLF ) CRLF                      (trailer … trailerLF)
type chunkState uint8

const (
	chunkSize    chunkState = iota
	chunkSpace              // white space behind the size
	chunkExt                // extensions
	chunkSizeLF             // CR seen behind the size
	chunkData               // left bytes of payload
	chunkDataEnd            // CRLF behind the payload
	chunkDataLF
	trailer      // at the beginning of a line
	trailerText  // within a line
	trailerEndLF // CR seen at the beginning of a line
	chunksDone
)

// sizeDigits is how many digits a chunk size may have: 2^60 bytes are enough.
const sizeDigits = 15

// frame takes what is not payload, up to the next payload or the end of the body.
func (b *Body) frame(p []byte) (n int) {
	for n < len(p) && b.state != chunkData && b.state != chunksDone {
		if b.bad = b.step(p[n]); b.bad != "" {
			return n
		}
		n++
		b.taken++
	}
	return n
}

// step takes one byte outside of payload. It returns what is wrong with it.
func (b *Body) step(c byte) (problem string) {
	switch b.state {
	case chunkSize:
		return b.stepSize(c)
	case chunkSpace, chunkExt:
		return b.stepExt(c)
	case chunkSizeLF:
		if c != '\n' {
			return "CR without LF behind a chunk size"
		}
		b.begin()
	case chunkDataEnd, chunkDataLF:
		return b.stepDataEnd(c)
	default:
		return b.stepTrailer(c)
	}
	return ""
}

func (b *Body) stepSize(c byte) string {
	if d, ok := hexDigit(c); ok {
		if b.digits++; b.digits > sizeDigits {
			return "chunk size of more than 15 digits"
		}
		b.left = b.left<<4 | int64(d)
		return ""
	}
	if b.digits == 0 {
		return "chunk size is not hexadecimal"
	}
	return b.stepExt(c)
}

// stepExt takes what follows the digits of a size.
func (b *Body) stepExt(c byte) string {
	switch {
	case c == '\r':
		b.state = chunkSizeLF
	case c == '\n':
		b.lenient = true
		b.begin()
	case b.state == chunkExt:
		return b.count()
	case c == ';':
		b.state = chunkExt
	case c == ' ' || c == '\t':
		b.lenient = true
		b.state = chunkSpace
		return b.count()
	default:
		return "chunk size is not hexadecimal"
	}
	return ""
}

// begin begins a chunk's payload, or the trailers behind the last chunk.
func (b *Body) begin() {
	b.digits = 0
	b.state = chunkData
	if b.left == 0 {
		b.state = trailer
	}
}

func (b *Body) stepDataEnd(c byte) string {
	switch {
	case c == '\r' && b.state == chunkDataEnd:
		b.state = chunkDataLF
	case c == '\n':
		b.lenient = b.lenient || b.state == chunkDataEnd
		b.state = chunkSize
	default:
		return "no line end behind a chunk"
	}
	return ""
}

func (b *Body) stepTrailer(c byte) string {
	switch {
	case c == '\n' && b.state == trailerText:
		b.state = trailer
	case c == '\n':
		b.lenient = b.lenient || b.state == trailer
		b.state = chunksDone
	case c == '\r' && b.state == trailer:
		b.state = trailerEndLF
	default:
		b.state = trailerText
	}
	return b.count()
}

// count bounds what is skipped without being payload.
func (b *Body) count() string {
	if b.extra++; b.extra > extraLimit {
		return "chunk extensions and trailers over 64 KiB"
	}
	return ""
}

func hexDigit(c byte) (int, bool) {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0'), true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10, true
	default:
		return 0, false
	}
}
