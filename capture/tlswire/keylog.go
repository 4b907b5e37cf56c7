package tlswire

// KeyLog holds the secrets of key logs (RFC 9850).
type KeyLog struct{}

// NewKeyLog returns an empty key log of at most limit secrets, 0 for the default.
func NewKeyLog(limit int) *KeyLog { return &KeyLog{} }

// Add takes a whole key log, of a file or of a Decryption Secrets Block.
func (k *KeyLog) Add(text []byte) {}
