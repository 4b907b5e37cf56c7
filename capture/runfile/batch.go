package runfile

import "why403/capture"

// batch is what one transaction writes: records in the order put, but of several
// emissions of one upgrade only the newest, in the place of the first.
type batch struct {
	records []capture.Record
	byKey   map[[2]int64]int // where an upgrade is in records
	taken   int64            // records added, those that were replaced included
	bytes   int64            // of them
}

func newBatch() *batch {
	return &batch{byKey: make(map[[2]int64]int)}
}

func (b *batch) add(rec capture.Record) {
	b.taken++
	b.bytes += recordBytes(rec)
	if u, ok := rec.(capture.Upgrade); ok {
		key := [2]int64{u.Conn, u.Exchange}
		if i, queued := b.byKey[key]; queued {
			b.records[i] = rec
			return
		}
		b.byKey[key] = len(b.records)
	}
	b.records = append(b.records, rec)
}

func (b *batch) clear() {
	clear(b.records) // let go of their texts
	clear(b.byKey)
	*b = batch{records: b.records[:0], byKey: b.byKey}
}
