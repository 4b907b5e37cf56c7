package ws

// odd is a set of what was unusual in frames that could be followed all the same.
type odd uint8

const (
	oddMask odd = 1 << iota
	oddLength
	oddSequence
	oddClose
	oddAfterClose
)

func (o odd) list() (words []string) {
	for i, text := range [...]string{
		"frame masked in the wrong direction, or not masked in the right one",
		"frame length not written in the shortest form",
		"message begun or continued out of turn",
		"Close frame with one byte of payload",
		"bytes after the Close frame",
	} {
		if o&(1<<i) != 0 {
			words = append(words, text)
		}
	}
	return words
}
