package tlswire

import (
	"bytes"
	"encoding/hex"
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

type entry struct {
	random [32]byte
	label  label
}

// secret is a master secret or a traffic secret: 48 bytes, or 32.
type secret struct {
	n     uint8
	bytes [48]byte
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
