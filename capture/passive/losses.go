package passive

import (
	"cmp"
	"slices"

	"why403/capture"
)

// losses gathers what could not be read, one record for each kind and detail.
type losses map[lossKey]*capture.Loss

type lossKey struct {
	kind   capture.LossKind
	detail string
}

// maxLosses is how many details are told apart; the rest share one record a kind.
const maxLosses = 256

func (l *losses) add(kind capture.LossKind, at capture.Instant, count int64, detail string) {
	if *l == nil {
		*l = losses{}
	}
	key := lossKey{kind, detail}
	have := (*l)[key]
	if have == nil && len(*l) >= maxLosses {
		key.detail = "others"
		have = (*l)[key]
	}
	if have == nil {
		(*l)[key] = &capture.Loss{At: at, Kind: kind, Count: count, Detail: key.detail}
		return
	}
	have.Count += count
}

// flush hands on the losses in the order of their first times.
func (l *losses) flush(put func(capture.Record)) {
	list := make([]capture.Loss, 0, len(*l))
	for _, loss := range *l {
		list = append(list, *loss)
	}
	slices.SortFunc(list, func(a, b capture.Loss) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Detail, b.Detail))
	})
	for _, loss := range list {
		put(loss)
	}
	*l = nil
}
