package tlswire

import (
	"bytes"
	"io"
)

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
