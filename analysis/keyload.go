package analysis

import (
	"cmp"
	"slices"

	"why403/analysis/covariate"
)

// KeyLoad is the load under one key, told apart by its values.
type KeyLoad struct {
	Scope  string // "token", "client", "edge", …
	Values int
	Rows   []KeyRow // those with the most sockets open at once, at most 12
}

// KeyRow is the load under one value.
type KeyRow struct {
	Value             string
	Attempts, Refused int
	// MostOpen is the most sockets open under the value when the gateway decided
	// about one of its own; MostAccepted the most at which it still accepted, −1
	// if it never did; LeastRefused the least at which it refused, −1 if it never
	// did.
	MostOpen, MostAccepted, LeastRefused int
}

const mostKeyRows = 12

// keyLoads are the loads under the keys that limits are kept under, without those
// that hold one value only.
func (x *exhibition) keyLoads() []KeyLoad {
	loads := []KeyLoad{}
	for _, p := range x.table.Partitions(inParallel) {
		if p.Distinct > 1 {
			loads = append(loads, x.keyLoad(p))
		}
	}
	return loads
}

func (x *exhibition) keyLoad(p covariate.Partition) KeyLoad {
	rows := make([]KeyRow, p.Distinct)
	for i := range rows {
		rows[i].MostAccepted, rows[i].LeastRefused = -1, -1
	}
	open := x.table.Open(p.Labels, p.N, covariate.Reading{}, 0).Mid
	of := keyNamed(p.Scope)
	for i, l := range p.Values {
		if l < 0 {
			continue
		}
		r, n := &rows[l], int(open[i])
		if r.Attempts == 0 {
			r.Value = of(&x.table.Attempts[i])
		}
		r.Attempts++
		r.MostOpen = max(r.MostOpen, n)
		if !x.table.Refused[i] {
			r.MostOpen = max(r.MostOpen, n+1)
			r.MostAccepted = max(r.MostAccepted, n)
			continue
		}
		r.Refused++
		if r.LeastRefused < 0 || n < r.LeastRefused {
			r.LeastRefused = n
		}
	}
	slices.SortStableFunc(rows, func(a, b KeyRow) int {
		return cmp.Or(cmp.Compare(b.MostOpen, a.MostOpen), cmp.Compare(b.Attempts, a.Attempts), cmp.Compare(a.Value, b.Value))
	})
	return KeyLoad{Scope: p.Scope, Values: p.Distinct, Rows: rows[:min(len(rows), mostKeyRows)]}
}

func keyNamed(scope string) func(*covariate.Attempt) string {
	for _, k := range covariate.Keys {
		if k.Name == scope {
			return k.Of
		}
	}
	return func(*covariate.Attempt) string { return "" }
}
