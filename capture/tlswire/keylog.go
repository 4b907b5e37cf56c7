package tlswire

import (
	"bytes"
	"encoding/hex"
	"io"
)

// label names a secret of the key log (RFC 9850 §2.1, §2.2).
type label uint8

const (
	master12 label = iota // CLIENT_RANDOM
	clientEarly
	clientHandshake
	serverHandshake
	clientTraffic
	serverTraffic
	labels // how many there are
)

var labelNames = [labels]string{
	"CLIENT_RANDOM",
	"CLIENT_EARLY_TRAFFIC_SECRET",
	"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
	"SERVER_HANDSHAKE_TRAFFIC_SECRET",
	"CLIENT_TRAFFIC_SECRET_0",
	"SERVER_TRAFFIC_SECRET_0",
}

func (l label) String() string { return labelNames[l] }

// DefaultKeys is how many secrets a [KeyLog] keeps unless told otherwise. At
// about 120 bytes a secret they take at most 60 MB.
const DefaultKeys = 500_000

// KeyLog holds the secrets of key logs (RFC 9850), of any number of files and
// Decryption Secrets Blocks. It may grow while connections use it.
type KeyLog struct {
	// More, if not nil, is called the first time that a secret is looked for in vain,
	// and may add what it would take long to read for nothing.
	More func()

	secrets map[entry]secret
	limit   int
	grown   uint64 // counts additions, so that waiting records know when to look
	stats   KeyLogStats
}

// KeyLogStats counts what was read.
type KeyLogStats struct {
	Secrets int // kept
	Skipped int // lines of other labels, which is no fault
	Bad     int // lines that are no key log lines
	Dropped int // secrets beyond the limit
}

type entry struct {
	random [32]byte
	label  label
}

// secret is a master secret or a traffic secret: 48 bytes, or 32.
type secret struct {
	n     uint8
	bytes [48]byte
}

// NewKeyLog returns an empty key log that keeps at most limit secrets;
// [DefaultKeys] if limit is 0.
func NewKeyLog(limit int) *KeyLog {
	if limit <= 0 {
		limit = DefaultKeys
	}
	return &KeyLog{secrets: make(map[entry]secret), limit: limit}
}

// Stats returns what was read so far.
func (k *KeyLog) Stats() KeyLogStats { return k.stats }

// Add takes a whole key log: of a file, or of a Decryption Secrets Block. Lines
// may end in LF, CRLF or CR; a last line without an end counts if it is whole.
func (k *KeyLog) Add(text []byte) {
	for len(text) > 0 {
		line := text
		if i := bytes.IndexAny(text, "\r\n"); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		k.line(line)
	}
}

// Writer returns a writer for a key log that is still being written: it takes
// lines once they are complete. Its Write never fails.
func (k *KeyLog) Writer() io.Writer { return &keyLogWriter{log: k} }

type keyLogWriter struct {
	log  *KeyLog
	tail []byte
}

// maxLine is longer than any line of interest: label, random and 64-byte secret.
const maxLine = 512

func (w *keyLogWriter) Write(p []byte) (int, error) {
	end := bytes.LastIndexByte(p, '\n') + 1
	if end > 0 {
		w.log.Add(append(w.tail, p[:end]...))
		w.tail = w.tail[:0]
	}
	if len(w.tail)+len(p)-end <= maxLine {
		w.tail = append(w.tail, p[end:]...)
	}
	return len(p), nil
}

// line takes one line: label, client random and secret, the latter two in
// hexadecimal. Zeek logs the random without its first four bytes, so that one of
// 28 bytes is kept too, with four zeros before it.
func (k *KeyLog) line(b []byte) {
	f := bytes.Fields(b)
	if len(f) == 0 || f[0][0] == '#' {
		return
	}
	var e entry
	var s secret
	if !findLabel(f[0], &e.label) {
		k.stats.Skipped++
		return
	}
	if len(f) != 3 || !unhexEnd(e.random[:], f[1], 28) || !s.parse(f[2]) || e.label == master12 && s.n != 48 {
		k.stats.Bad++
		return
	}
	k.put(e, s)
}

func (k *KeyLog) put(e entry, s secret) {
	old, have := k.secrets[e]
	switch {
	case have && old.n >= s.n:
		return // both ends may write the same file; a line cut short is no match for a whole one
	case !have && len(k.secrets) >= k.limit:
		k.stats.Dropped++
		return
	}
	k.secrets[e] = s
	k.stats.Secrets = len(k.secrets)
	k.grown++
}

// find returns the secret with that label of the connection with that random.
func (k *KeyLog) find(random *[32]byte, l label) ([]byte, bool) {
	s, ok := k.look(entry{*random, l})
	if more := k.More; !ok && more != nil {
		k.More = nil
		more()
		s, ok = k.look(entry{*random, l})
	}
	if !ok {
		return nil, false
	}
	return s.bytes[:s.n:s.n], true
}

func (k *KeyLog) look(e entry) (s secret, ok bool) {
	if s, ok = k.secrets[e]; !ok {
		clear(e.random[:4])
		s, ok = k.secrets[e]
	}
	return s, ok
}

func findLabel(name []byte, l *label) bool {
	for i, n := range labelNames {
		if string(name) == n {
			*l = label(i)
			return true
		}
	}
	return false
}

// parse reads a secret as long as the hashes in use: 32 or 48 bytes.
func (s *secret) parse(text []byte) bool {
	if len(text) != 64 && len(text) != 96 {
		return false
	}
	n, err := hex.Decode(s.bytes[:], text)
	s.n = uint8(n)
	return err == nil
}

// unhexEnd fills the end of dst, which need not be filled beyond atLeast bytes.
func unhexEnd(dst, text []byte, atLeast int) bool {
	n := len(text) / 2
	if len(text) != 2*len(dst) && len(text) != 2*atLeast {
		return false
	}
	_, err := hex.Decode(dst[len(dst)-n:], text)
	return err == nil
}
