package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"

	"why403/capture"
)

// Keeper holds a recording's fingerprint key and remembers which tokens and secrets
// it has seen. It is safe for concurrent use.
type Keeper struct {
	key  []byte
	macs sync.Pool // of hash.Hash

	mu      sync.Mutex
	told    recent[capture.Fingerprint, bool] // whether it is the beginning of a JWT and no more
	learned secrets
}

// NewKeeper returns a Keeper for one recording. The key must be random, at least
// 32 bytes, and written nowhere.
func NewKeeper(key []byte) *Keeper { return &Keeper{key: key} }

// Fingerprint stands for value in every record of this recording: the first 64 bits
// of its HMAC-SHA-256 in hexadecimal.
func (k *Keeper) Fingerprint(value string) capture.Fingerprint {
	mac, ok := k.macs.Get().(hash.Hash)
	if !ok {
		mac = hmac.New(sha256.New, k.key)
	}
	defer k.macs.Put(mac)
	mac.Reset()
	io.WriteString(mac, value)
	var sum [sha256.Size]byte
	return capture.Fingerprint(hex.EncodeToString(mac.Sum(sum[:0])[:8]))
}

// mark returns what stands for a value in a record.
func (k *Keeper) mark(kind, value string) string {
	return fmt.Sprintf("‹%s:%s:%d›", kind, k.Fingerprint(value), len(value))
}

// markOf is mark for a value of which nothing is known but that it is secret.
// Placeholders and what is a mark already stay.
func (k *Keeper) markOf(value string) string {
	switch {
	case isMark(value):
		return value
	case isPlaceholder(value):
		return value
	case looksJWT(value):
		return k.mark("jwt", value)
	default:
		return k.mark("secret", value)
	}
}

// tell notes a token and returns it if it has not been told before.
func (k *Keeper) tell(t capture.Token) (news []capture.Token) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, known := k.told.get(t.Fingerprint); known {
		return nil
	}
	k.told.put(t.Fingerprint, cutShort(t))
	return []capture.Token{t}
}

// known reports whether a token has been told before, and if so whether it is the
// beginning of a JWT and no more.
func (k *Keeper) known(f capture.Fingerprint) (known, short bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	short, known = k.told.get(f)
	return known, short
}

// recent is a map that forgets: once it holds remembered entries, the older half may
// go. The zero value is ready.
type recent[K comparable, V any] struct{ young, old map[K]V }

// remembered is how many entries a recent keeps at least, about 30 MB of them.
const remembered = 1 << 17

func (r *recent[K, V]) get(key K) (v V, ok bool) {
	if v, ok = r.young[key]; ok {
		return v, true
	}
	v, ok = r.old[key]
	return v, ok
}

func (r *recent[K, V]) put(key K, v V) {
	if len(r.young) >= remembered {
		r.old, r.young = r.young, nil
	}
	if r.young == nil {
		r.young = map[K]V{}
	}
	r.young[key] = v
}

// isMark reports whether s is a mark: ‹kind:16 hexadecimal digits:length›.
func isMark(s string) bool {
	const open, end = "‹", "›"
	if len(s) < len(open)+len(end)+20 || s[:len(open)] != open || s[len(s)-len(end):] != end {
		return false
	}
	var colons int
	for _, c := range []byte(s[len(open) : len(s)-len(end)]) {
		switch {
		case c == ':':
			colons++
		case c < '0' || c > '9' && c < 'a' || c > 'z':
			return false
		}
	}
	return colons == 2 && len(s) < 50
}
