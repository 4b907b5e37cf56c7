// Package token finds bearer tokens in heads, first frames and token responses,
// reads their claims without trusting them, and masks secrets (RFC 6750 §2, RFC
// 6749 §5.1, RFC 7519 §4.1).
package token

import "why403/capture"

// Keeper holds a recording's fingerprint key and remembers which tokens it has
// seen. It is safe for concurrent use.
type Keeper struct{ key []byte }

// NewKeeper returns a Keeper for one recording. The key must be random, at least
// 32 bytes, and written nowhere.
func NewKeeper(key []byte) *Keeper { return &Keeper{key: key} }

// Fingerprint stands for value in every record of this recording.
func (k *Keeper) Fingerprint(value string) capture.Fingerprint { return "" }
