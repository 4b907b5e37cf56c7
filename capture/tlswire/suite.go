package tlswire

import "fmt"

// SuiteName returns the IANA name of a cipher suite.
func SuiteName(id uint16) string { return fmt.Sprintf("%#04x", id) }
