package analysis

import (
	"math"
	"strings"

	"why403/capture"
)

// Blame is what the verdict says of one attempt.
type Blame struct {
	Refused bool
	// Cause is why it was refused: a cause of a determined verdict, several joined
	// by "+" if each would have refused it, "unexplained" if none would, or
	// "undetermined" with the candidates. "" if it was not refused.
	Cause string
	Open  int     // sockets open at the decision, under the scope of the verdict's limit
	Age   float64 // of the token in seconds; NaN if not known
}

// BlameAll tells for each decided attempt of a run what the verdict says of it.
func BlameAll(run *capture.Run, f *Findings) map[*capture.Upgrade]Blame {
	h := heldBy(false, f)
	p := place(run, f, h)
	out := make(map[*capture.Upgrade]Blame, len(p.table.Attempts))
	for i := range p.table.Attempts {
		a := &p.table.Attempts[i]
		b := Blame{Refused: a.Refused, Open: int(p.open.Mid[i]), Age: math.NaN()}
		if knowsIssue(a) {
			b.Age = a.Age.Seconds()
		}
		if a.Refused {
			b.Cause = blameFor(f, p, i)
		}
		out[a.Upgrade] = b
	}
	return out
}

func blameFor(f *Findings, p *placed, i int) string {
	if f.Verdict.Status != Determined {
		var names []string
		for _, c := range f.Verdict.Causes {
			names = append(names, c.Cause)
		}
		if len(names) == 0 {
			return string(f.Verdict.Status)
		}
		return "undetermined: " + strings.Join(names, " or ")
	}
	var fit, silent []string
	for _, c := range f.Verdict.Causes {
		switch says, ok := p.says(c, i); {
		case !ok:
			silent = append(silent, c.Cause)
		case says:
			fit = append(fit, c.Cause)
		}
	}
	switch {
	case len(fit) > 0:
		return strings.Join(fit, "+")
	case len(silent) > 0: // causes of which no single attempt can be asked
		return strings.Join(silent, "+")
	}
	return "unexplained"
}

// says reports whether a cause with a threshold would have refused an attempt,
// doubt included, and false if it cannot be asked.
func (p *placed) says(c Cause, i int) (refuse, ok bool) {
	if c.Threshold == nil || c.Leak != nil || len(c.Moves) > 0 {
		return false, false
	}
	a := &p.table.Attempts[i]
	switch c.Cause {
	case concurrencyCap.name:
		return float64(p.open.Hi[i]) >= c.Threshold.Low, p.open.Hi[i] != math.MaxInt32
	case tokenExpired.name:
		return -a.Left.Seconds()+a.Error.Seconds() >= c.Threshold.Low, knowsExpiry(a)
	case tokenTooOld.name:
		return a.Age.Seconds()+a.Error.Seconds() >= c.Threshold.Low, knowsIssue(a)
	}
	return false, false
}
