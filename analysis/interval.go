package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// tally is attempts counted by outcome. Weights sum to less than the attempts
// where these come in bursts (see study.weighBursts): they are what intervals are
// as wide as.
type tally struct {
	n, refused int
	weight     float64
}

func (t *tally) add(refused bool, weight float64) {
	t.n++
	t.weight += weight
	if refused {
		t.refused++
	}
}

// share is the share refused with Jeffreys' interval (Brown, Cai, DasGupta 2001,
// §3.1): quantiles of Beta(x+½, n−x+½), but 0 and 1 where x is 0 or n.
func (t tally) share(level float64) *Estimate {
	if t.n == 0 {
		return nil
	}
	p := t.plain()
	x, n := p*t.weight, t.weight
	beta := distuv.Beta{Alpha: x + 0.5, Beta: n - x + 0.5}
	e := &Estimate{Value: p, Low: 0, High: 1, N: t.n}
	if t.refused > 0 {
		e.Low = min(p, beta.Quantile((1-level)/2))
	}
	if t.refused < t.n {
		e.High = max(p, beta.Quantile((1+level)/2))
	}
	return e
}

// difference is b less a with the interval that follows from theirs by the method
// of variance estimates recovery (Zou and Donner 2008, eq. 4), nil if one is
// missing. It asks nothing of their shape; the intervals need not be symmetric.
func difference(a, b *Estimate) *Estimate {
	if a == nil || b == nil {
		return nil
	}
	d := b.Value - a.Value
	return &Estimate{
		Value: d,
		Low:   d - math.Hypot(b.Value-b.Low, a.High-a.Value),
		High:  d + math.Hypot(b.High-b.Value, a.Value-a.Low),
	}
}

// differs reports whether an interval leaves 0 out.
func (e *Estimate) differs() bool { return e != nil && (e.Low > 0 || e.High < 0) }

// median is the middle of values, which it sorts, with the interval between order
// statistics (Conover 1999, §3.2, for many values); nil if there are fewer than 6,
// which have none at 95 %.
func median(values []float64, level float64) *Estimate {
	n := len(values)
	if n < 6 {
		return nil
	}
	slices.Sort(values)
	reach := quantileOfNormal(level) * math.Sqrt(float64(n)) / 2
	low := int(math.Floor(float64(n)/2 - reach))
	high := int(math.Ceil(float64(n)/2 + reach))
	return &Estimate{
		Value: values[n/2], Low: values[max(0, low-1)], High: values[min(n-1, high)], N: n,
	}
}

// quantileOfNormal is how many standard deviations hold level of a normal
// distribution around its mean.
func quantileOfNormal(level float64) float64 { return distuv.UnitNormal.Quantile((1 + level) / 2) }

// cells are the attempts of both sides with the same covariates.
type cells [2]tally

// commonDifference is the difference of shares common to strata: Mantel and
// Haenszel's weights over the plain differences, with n₀ and n₁ attempts in a
// stratum, shares p₀ and p₁ of them refused:
//
//	d   = Σ w·(p₁ − p₀) / Σ w,  w = n₁·n₀/(n₁+n₀)
//	var = Σ w²·(p₁'·(1−p₁')/n₁ + p₀'·(1−p₀')/n₀) / (Σ w)²
//
// p' is the share with one attempt more that is refused as often as all of its
// side are. Sato's variance (1989) was tried first: where a limit makes every
// stratum pure it is 0, and the smallest difference then looks certain.
//
// It is nil if no stratum has attempts of both.
func commonDifference(strata []cells, level float64) *Estimate {
	var all cells
	for _, s := range strata {
		for side := range all {
			all[side].n += s[side].n
			all[side].refused += s[side].refused
		}
	}
	var sum, weights, variance float64
	n := 0
	for _, s := range strata {
		if s[0].n == 0 || s[1].n == 0 {
			continue
		}
		n += s[0].n + s[1].n
		w := s[1].weight * s[0].weight / (s[1].weight + s[0].weight)
		sum += w * (s[1].plain() - s[0].plain())
		weights += w
		variance += w * w * (s[1].variance(all[1].plain()) + s[0].variance(all[0].plain()))
	}
	if weights == 0 {
		return nil
	}
	d := sum / weights
	reach := quantileOfNormal(level) * math.Sqrt(variance) / weights
	return &Estimate{Value: d, Low: max(-1, d-reach), High: min(1, d+reach), N: n}
}

// commonShare is the share refused on one side if it had the load that the sides
// have in common: with the weights of commonDifference, so that the shares of both
// sides differ by it.
func commonShare(strata []cells, side int, level float64) *Estimate {
	var all tally
	for _, s := range strata {
		all.n += s[side].n
		all.refused += s[side].refused
	}
	var sum, weights, variance float64
	n := 0
	for _, s := range strata {
		if s[0].n == 0 || s[1].n == 0 {
			continue
		}
		n += s[side].n
		w := s[1].weight * s[0].weight / (s[1].weight + s[0].weight)
		sum += w * s[side].plain()
		weights += w
		variance += w * w * s[side].variance(all.plain())
	}
	p, reach := sum/weights, quantileOfNormal(level)*math.Sqrt(variance)/weights
	return &Estimate{Value: p, Low: max(0, p-reach), High: min(1, p+reach), N: n}
}

// plain is the share refused.
func (t tally) plain() float64 { return float64(t.refused) / float64(t.n) }

// variance is that of the share, drawn to usual by one attempt.
func (t tally) variance(usual float64) float64 {
	p := (t.plain()*t.weight + usual) / (t.weight + 1)
	return p * (1 - p) / t.weight
}
