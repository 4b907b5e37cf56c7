package analysis

import (
	"cmp"
	"math"
	"slices"
)

// Distribution is refused and accepted attempts over one property of the request,
// so that both can be laid side by side.
type Distribution struct {
	Name string // "token age", "path"
	Bins []DistributionBin
	// Apart is how far the two lie apart: half the sum of the differences of their
	// shares, 0 if they are alike and 1 if no value is common to both.
	Apart float64
	// Values is how many values there are; those beyond the bins are in the last.
	Values  int
	Unknown int // attempts of which it is not known
}

// DistributionBin is one value, or one range of values.
type DistributionBin struct {
	Label             string
	Refused, Accepted int
}

const (
	numericBins  = 12
	mostValues   = 12   // of a property, the rest in one bin
	worthShowing = 0.05 // distributions less apart are left out
	fewestShown  = 5    // but so many are shown anyway
	mostShown    = 16
)

// distributions are drawn of properties that have more than one value, the one that
// tells refused and accepted most apart first.
func (x *exhibition) distributions() []Distribution {
	list := []Distribution{}
	refused := 0
	for _, r := range x.table.Refused {
		if r {
			refused++
		}
	}
	if refused == 0 || refused == len(x.table.Refused) {
		return list // there is nothing to compare
	}
	for _, p := range properties {
		d := Distribution{Name: p.name}
		if p.number != nil {
			x.binNumbers(&d, p)
		} else {
			x.binTexts(&d, p)
		}
		if len(d.Bins) > 1 {
			d.measure()
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b Distribution) int { return cmp.Compare(b.Apart, a.Apart) })
	n := min(len(list), fewestShown)
	for n < len(list) && n < mostShown && list[n].Apart >= worthShowing {
		n++
	}
	return list[:n]
}

func (d *Distribution) measure() {
	var refused, accepted int
	for _, b := range d.Bins {
		refused += b.Refused
		accepted += b.Accepted
	}
	for _, b := range d.Bins {
		d.Apart += math.Abs(float64(b.Refused)/float64(max(refused, 1))-float64(b.Accepted)/float64(max(accepted, 1))) / 2
	}
}

// waits is how long answers took, refused and accepted: a consequence, and so apart
// from the properties.
func (x *exhibition) waits() *Distribution {
	d := &Distribution{Name: "wait for the answer"}
	edges := []float64{0}
	for _, ms := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		edges = append(edges, ms/1000)
		d.Bins = append(d.Bins, DistributionBin{Label: secondsRange(edges[len(edges)-2], edges[len(edges)-1])})
	}
	d.Bins = append(d.Bins, DistributionBin{Label: "over 10 s"})
	for i := range x.table.Attempts {
		a := &x.table.Attempts[i]
		wait := a.Answered.Sub(a.Sent).Seconds()
		k, _ := slices.BinarySearch(edges[1:], wait)
		d.Bins[min(k, len(d.Bins)-1)].add(a.Refused)
	}
	first, last := -1, 0
	for i, b := range d.Bins {
		if b.Refused+b.Accepted > 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 {
		return nil
	}
	d.Bins = d.Bins[first : last+1]
	d.Values = len(d.Bins)
	d.measure()
	return d
}
