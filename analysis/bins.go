package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

func (x *exhibition) binNumbers(d *Distribution, p property) {
	var values []float64
	var refused []bool
	for i := range x.table.Attempts {
		v, known := p.number(&x.table.Attempts[i], int(x.open[i]))
		if !known || math.IsNaN(v) {
			d.Unknown++
			continue
		}
		values = append(values, v)
		refused = append(refused, x.table.Refused[i])
	}
	if len(values) == 0 {
		return
	}
	low, high := slices.Min(values), slices.Max(values)
	width := niceNumber((high - low) / numericBins)
	from := math.Floor(low/width) * width
	d.Bins = make([]DistributionBin, int((high-from)/width)+1)
	for i := range d.Bins {
		at := from + float64(i)*width
		d.Bins[i].Label = p.label(at, at+width)
	}
	for i, v := range values {
		d.Bins[min(int((v-from)/width), len(d.Bins)-1)].add(refused[i])
	}
	d.Values = len(d.Bins)
}

// niceNumber is the smallest of 1, 2, 5 times a power of ten that is at least v, and
// at least 1.
func niceNumber(v float64) float64 {
	for scale := 1.0; ; scale *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if v <= m*scale {
				return m * scale
			}
		}
	}
}

func (x *exhibition) binTexts(d *Distribution, p property) {
	all, unknown := x.tallied(p)
	d.Values, d.Unknown = len(all), unknown.Refused+unknown.Accepted
	if d.Values == len(x.table.Attempts) {
		return // a value for each attempt tells nothing
	}
	slices.SortStableFunc(all, func(a, b DistributionBin) int {
		return cmp.Or(cmp.Compare(b.Refused+b.Accepted, a.Refused+a.Accepted), cmp.Compare(a.Label, b.Label))
	})
	d.Bins = mostFrequent(all)
	if d.Unknown > 0 {
		d.Bins = append(d.Bins, unknown)
	}
}

// tallied counts the attempts of each value of a property, and those without one.
func (x *exhibition) tallied(p property) (all []DistributionBin, unknown DistributionBin) {
	unknown.Label = "(none)"
	index := map[string]int{}
	for i := range x.table.Attempts {
		v := p.text(&x.table.Attempts[i])
		if v == "" {
			unknown.add(x.table.Refused[i])
			continue
		}
		k, known := index[v]
		if !known {
			k = len(all)
			index[v] = k
			all = append(all, DistributionBin{Label: v})
		}
		all[k].add(x.table.Refused[i])
	}
	return all, unknown
}

// mostFrequent returns the first bins, and the others as one.
func mostFrequent(all []DistributionBin) []DistributionBin {
	if len(all) <= mostValues {
		return all
	}
	rest := DistributionBin{Label: fmt.Sprintf("%d more values", len(all)-mostValues)}
	for _, b := range all[mostValues:] {
		rest.Refused += b.Refused
		rest.Accepted += b.Accepted
	}
	return append(all[:mostValues:mostValues], rest)
}

func (b *DistributionBin) add(refused bool) {
	if refused {
		b.Refused++
	} else {
		b.Accepted++
	}
}
