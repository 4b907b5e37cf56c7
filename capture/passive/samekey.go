package passive

import (
	"iter"

	"why403/capture"
)

// sameKey yields the attempts that share a Sec-WebSocket-Key with others, those of one key at
// a time: some load tools send one with all their attempts. The slices are valid until the
// next.
func sameKey(upgrades []*capture.Upgrade) iter.Seq[[]*capture.Upgrade] {
	const none = -1
	next := make([]int32, len(upgrades)) // the next attempt with the same key
	var first, last []int32              // attempts with a key, by its number
	numbers := map[string]int32{}
	for i, u := range upgrades {
		next[i] = none
		key, ok := u.RequestHead.Get("Sec-WebSocket-Key")
		if !ok {
			continue
		}
		if n, met := numbers[key]; met {
			next[last[n]], last[n] = int32(i), int32(i)
		} else {
			numbers[key] = int32(len(first))
			first, last = append(first, int32(i)), append(last, int32(i))
		}
	}
	return func(yield func([]*capture.Upgrade) bool) {
		var all []*capture.Upgrade
		for _, i := range first {
			if all = all[:0]; next[i] == none {
				continue
			}
			for ; i != none; i = next[i] {
				all = append(all, upgrades[i])
			}
			if !yield(all) {
				return
			}
		}
	}
}
