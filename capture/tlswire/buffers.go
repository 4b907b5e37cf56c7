package tlswire

// buffers keeps buffers of records that spanned segments for the next such records, by size:
// thousands of connections may be within a record at the same time, most within short ones.
type buffers struct {
	spare [len(bufferSizes)][][]byte
	kept  int // bytes in them
}

// bufferSizes are a header's, a short message's, those of handshake messages, which most of
// those that span segments are, and a whole record's.
var bufferSizes = [...]int{64, 512, 1 << 10, 3 << 9, 2 << 10, 3 << 10, 6 << 10, headerLen + maxRecord}

// maxSpare is how many bytes of buffers are kept: enough for 10,000 connections that are all
// within a record of their handshakes.
const maxSpare = 16 << 20

// get returns an empty buffer for n bytes of a record.
func (b *buffers) get(n int) []byte {
	class := 0
	for bufferSizes[class] < n {
		class++
	}
	list := b.spare[class]
	if len(list) == 0 {
		return make([]byte, 0, bufferSizes[class])
	}
	last := list[len(list)-1]
	b.spare[class] = list[:len(list)-1]
	b.kept -= cap(last)
	return last
}

// put takes a buffer back; nil is none.
func (b *buffers) put(buf []byte) {
	if buf == nil || b.kept+cap(buf) > maxSpare {
		return
	}
	for class, size := range bufferSizes {
		if cap(buf) == size {
			b.kept += size
			b.spare[class] = append(b.spare[class], buf[:0])
		}
	}
}
