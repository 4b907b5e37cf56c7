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
	return SaysNo.Log(t.NoRefused, t.NoAccepted) + SaysYes.Log(t.YesRefused, t.YesAccepted) +
		Either.Log(t.LeanNoRefused, t.LeanNoAccepted) + Either.Log(t.LeanYesRefused, t.LeanYesAccepted)
}

// tableLogs are the log likelihoods of a table's classes. From one threshold to the
// next few of their weights change.
type tableLogs [4]betaLog

func newTableLogs() *tableLogs {
	return &tableLogs{newBetaLog(SaysNo), newBetaLog(SaysYes), newBetaLog(Either), newBetaLog(Either)}
}

// of returns the log likelihood of a table.
func (l *tableLogs) of(t *Table) float64 {
	return l[0].of(t.NoRefused, t.NoAccepted) + l[1].of(t.YesRefused, t.YesAccepted) +
		l[2].of(t.LeanNoRefused, t.LeanNoAccepted) + l[3].of(t.LeanYesRefused, t.LeanYesAccepted)
}

// betaLog is [Beta.Log] for counts that hardly differ from the last.
type betaLog struct {
	Beta
	base                   float64
	refused, accepted, all logGamma
}

func newBetaLog(p Beta) betaLog { return betaLog{Beta: p, base: p.base()} }

func (l *betaLog) of(refused, accepted float64) float64 {
	if refused <= 0 && accepted <= 0 {
		return 0
	}
	return l.refused.of(l.A+refused) + l.accepted.of(l.B+accepted) - l.all.of(l.A+refused+(l.B+accepted)) - l.base
}
