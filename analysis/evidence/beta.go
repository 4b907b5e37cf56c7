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

// Log returns the log likelihood of the outcomes given the predictions.
func (t Table) Log() float64 {
	return SaysNo.Log(t.NoRefused, t.NoAccepted) +
		SaysYes.Log(t.YesRefused, t.YesAccepted) +
		Either.Log(t.LeanNoRefused, t.LeanNoAccepted) +
		Either.Log(t.LeanYesRefused, t.LeanYesAccepted)
}
