package evidence

import "gonum.org/v1/gonum/mathext"

// Beta is a beta distribution, the prior on the share of refusals in a class.
type Beta struct{ A, B float64 }

// The priors of the classes. When a mechanism says no, nearly all are refused, and
// otherwise nearly none, without a rate of errors being fixed; where it can go
// either way, and for a context that has no mechanism, nothing is assumed (the
// Jeffreys prior, as in the Krichevsky–Trofimov estimator).
var (
	SaysNo  = Beta{5, 0.2}
	SaysYes = Beta{0.2, 5}
	Either  = Beta{0.5, 0.5}
)

// Log returns ln B(a+yes, b+no)/B(a, b): the logarithm of the probability of one
// sequence with that many refusals and acceptances. The counts may be fractional.
func (p Beta) Log(refused, accepted float64) float64 {
	if refused <= 0 && accepted <= 0 {
		return 0
	}
	return mathext.Lbeta(p.A+refused, p.B+accepted) - p.base()
}

// base is ln B(a, b), worked out once for the priors of the classes.
func (p Beta) base() float64 {
	switch p {
	case SaysNo, SaysYes:
		return baseOfMechanism
	case Either:
		return baseOfEither
	}
	return mathext.Lbeta(p.A, p.B)
}

var (
	baseOfMechanism = mathext.Lbeta(SaysNo.A, SaysNo.B)
	baseOfEither    = mathext.Lbeta(Either.A, Either.B)
)

// Table counts attempts by prediction (first word) and outcome (second word),
// weighted. Attempts in doubt could have gone either way; they are told apart by
// the way they lean.
type Table struct {
	NoRefused, NoAccepted           float64 // the mechanism would have refused
	YesRefused, YesAccepted         float64 // it would have accepted
	LeanNoRefused, LeanNoAccepted   float64 // in doubt, more likely refused
	LeanYesRefused, LeanYesAccepted float64 // in doubt, more likely accepted
}

// Add counts an attempt of a weight that the mechanism would surely have refused, or surely
// have accepted.
func (t *Table) Add(refuses, refused bool, weight float64) {
	switch {
	case refuses && refused:
		t.NoRefused += weight
	case refuses:
		t.NoAccepted += weight
	case refused:
		t.YesRefused += weight
	default:
		t.YesAccepted += weight
	}
}

// Log returns the log likelihood of the outcomes given the predictions.
func (t Table) Log() float64 {
	var logs tableLogs
	logs.update(&t)
	return logs.sum()
}

// tableLogs are the log likelihoods of a table's classes. From one threshold to the
// next few of them change.
type tableLogs struct {
	of  Table
	log [4]float64
}

func (l *tableLogs) update(t *Table) {
	if t.NoRefused != l.of.NoRefused || t.NoAccepted != l.of.NoAccepted {
		l.log[0] = SaysNo.Log(t.NoRefused, t.NoAccepted)
	}
	if t.YesRefused != l.of.YesRefused || t.YesAccepted != l.of.YesAccepted {
		l.log[1] = SaysYes.Log(t.YesRefused, t.YesAccepted)
	}
	if t.LeanNoRefused != l.of.LeanNoRefused || t.LeanNoAccepted != l.of.LeanNoAccepted {
		l.log[2] = Either.Log(t.LeanNoRefused, t.LeanNoAccepted)
	}
	if t.LeanYesRefused != l.of.LeanYesRefused || t.LeanYesAccepted != l.of.LeanYesAccepted {
		l.log[3] = Either.Log(t.LeanYesRefused, t.LeanYesAccepted)
	}
	l.of = *t
}

func (l *tableLogs) sum() float64 { return l.log[0] + l.log[1] + l.log[2] + l.log[3] }
