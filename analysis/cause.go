package analysis

import (
	"math"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// cause is one entry of the closed vocabulary of docs/causes.md.
type cause struct {
	name string
	// prior is the weight of the cause before anything is seen; the weights of
	// all need not sum to 1.
	prior float64
	// weigh returns the hypotheses of the cause, one a scope, with the evidence
	// of each without the prior of the cause.
	weigh func(*study) []*hypothesis

	counts bool // what comes, be it upgrades only or token requests too

	keyed bool // kept under one of the partitions' keys
	wave  wave // in which it is weighed

	says   func(*study, *hypothesis) string // the finding, one sentence
	story  func(*study, *hypothesis) string // what of the recording bears on it
	do     func(*study, *hypothesis) []string
	refute func(*study, *hypothesis) string
	// predict returns the share of refusals that an experiment would see.
	predict func(*study, *hypothesis, *experiment) float64
	// long says that it takes longest of those that are weighed at the same time.
	long bool
	// proven reports whether a hypothesis that fits shows what only this cause
	// does; nil if fitting is enough.
	proven func(*study, *hypothesis) bool
	// words in an answer that speak for the cause.
	words []string
}

// wave is when a cause is weighed: those that search far come late, since what the others
// reach says which searches are worth going on with.
type wave int

const (
	searchesNot wave = iota
	searchesLingers
	searchesFar // rates and windows
	waves
)

// causes is the table of causes; a new one is a file and a row. The order breaks ties.
// unknown comes last: it looks at what the others leave unexplained.
func causes() []*cause {
	return []*cause{
		concurrencyCap,
		tokenExpired,
		tokenTooOld,
		tokenNotYetValid,
		tokenOverused,
		tokenMissing,
		attribute,
		quota,
		rateLimit,
		sourceBan,
		outage,
		overload,
		randomRefusal,
	}
}

// hypothesis is a cause with a scope, fitted to the recording.
type hypothesis struct {
	cause       *cause
	scope       string
	equivalent  []string
	logEvidence float64 // from weigh, then with the priors
	logLik      float64 // of the best parameters
	probability float64

	threshold *Threshold
	linger    *Threshold    // how long a closed socket still counts
	drift     *drifting     // of a limit on open sockets that does not stay
	window    *Threshold    // in which is counted
	burst     *Threshold    // let through at once
	lasts     *Threshold    // how long a ban does
	parts     []*hypothesis // of two causes at once
	alone     int           // refusals that only the lesser of the parts accounts for
	soft      bool          // says how likely refusals are, not which ones
	classes   *context      // of a soft one: attempts with about the same probability
	attribute *Attribute    // whose value is refused
	missing   []string      // what was sent in place of a token
	only      *onlyKey      // that an outage is of
	several   bool          // outages
	windowKind
	later     int               // windows that filled up after one that had begun before the recording
	reading   covariate.Reading // by which upgrades were counted
	tokensToo bool              // token requests count as upgrades do
	variant   string            // of the mechanism, for its texts

	starts    banStarts // of a ban
	causeless float64   // log evidence of bans, or of one key's outages, that nothing begins
	// doubt is the log odds of a pattern in its mistakes, doubtedFor what they depend on.
	doubt      float64
	doubtedFor string
	rising     string   // what there is more of the more often unknown refuses
	servers    *servers // of unknown, where they account for most
	behind     float64  // log evidence, behind the best of the beginning; 0 of what was weighed on the whole
	told       string   // of the beginning, where only that was looked at
	// predicted is what the best parameters say of each attempt; nil if the
	// hypothesis makes no prediction about any.
	predicted prediction
	counts    Counts
}

// calls reports whether a hypothesis says of single attempts what becomes of them.
func (h *hypothesis) calls() bool { return h.predicted != nil && !h.soft }

// leads reports whether a hypothesis says enough for a check of what it leaves over.
func (h *hypothesis) leads() bool { return h.calls() || h.classes != nil }

// thresholded returns the prediction of "refused if covariate ≥ θ".
func (s *study) thresholded(of evidence.Bounds, theta, near float64) prediction {
	p := make(prediction, len(s.table.Attempts))
	for i := range p {
		lo, mid, hi := of(i)
		if lo > 0 || !math.IsInf(hi, 1) { // else nothing is known
			p[i] = foretell(mid >= theta)
		}
		p[i] = p[i].remark(isUnsure, lo < theta && theta <= hi).remark(isNear, lo-near <= theta && theta <= hi+near)
	}
	return p
}

// tally counts a prediction against the outcomes. What may have gone either way
// counts as predicted right, and is reported as such.
func (s *study) tally(p prediction) Counts {
	var c Counts
	for i, refused := range s.table.Refused {
		calls := p[i].refuses()
		if p[i].silent() || p[i].unsure() {
			c.Either++
			calls = refused
		}
		switch {
		case calls && refused:
			c.N11++
		case calls:
			c.N10++
		case refused:
			c.N01++
		default:
			c.N00++
		}
	}
	return c
}

// impossible is the log evidence of a hypothesis that would have refused none of
// the refused attempts it could be asked about: less than that of a coin thrown for
// each attempt, however long the recording.
func (s *study) impossible() float64 { return -max(1e4, float64(len(s.table.Attempts))) }

// unfitted returns the log evidence of a hypothesis for which no threshold
// predicts a refusal: it is impossible if what it depends on was seen of a refused
// attempt, and otherwise may have done either everywhere.
func (s *study) unfitted(unknown func(i int) bool) float64 {
	t := s.all(unknown)
	if t.YesRefused > 0 {
		return s.impossible()
	}
	return t.Log()
}

// scanned weighs "refused if covariate ≥ θ". If no threshold says anything, there
// is no prediction.
func (s *study) scanned(of evidence.Bounds, mass evidence.Mass, near float64) (*hypothesis, evidence.Result) {
	h := &hypothesis{scope: "global"}
	left := s.leftOver(of)
	r := evidence.Scan(evidence.Sorted(left, s.table.Refused, s.weights), mass)
	if math.IsInf(r.LogEvidence, -1) {
		h.logEvidence = s.unfitted(func(i int) bool {
			lo, _, hi := left(i)
			return math.IsInf(lo, -1) && math.IsInf(hi, 1)
		})
		return h, r
	}
	h.logEvidence, h.logLik = r.LogEvidence, r.Best.LogLik
	s.predict(h, of, r.Best.UpTo, near)
	return h, r
}

// predict fills in what a hypothesis says of each attempt, whatever another
// mechanism does.
func (s *study) predict(h *hypothesis, of evidence.Bounds, theta, near float64) {
	h.predicted = s.thresholded(of, theta, near)
	h.counts = s.tally(h.predicted)
}

// leftOver returns a covariate where no other mechanism refuses.
func (s *study) leftOver(of evidence.Bounds) evidence.Bounds {
	if s.forced == nil {
		return of
	}
	return func(i int) (lo, mid, hi float64) {
		if s.forced[i] {
			return math.Inf(1), math.Inf(1), math.Inf(1)
		}
		return of(i)
	}
}

// predictCounts fills in what a limit on counts, which are gone then, says of each
// attempt.
func (s *study) predictCounts(r evidence.Range, theta, near float64) prediction {
	defer s.table.Recycle(r)
	return s.thresholded(func(i int) (float64, float64, float64) {
		hi := r.Value(r.Hi[i])
		if r.Hi[i] == math.MaxInt32 {
			hi = math.Inf(1)
		}
		return r.Value(r.Lo[i]), r.Value(r.Mid[i]), hi
	}, theta, near)
}

// scanCounts weighs every limit on counts, which are gone then.
func (s *study) scanCounts(r evidence.Range) evidence.Result {
	return s.scanRange(r, evidence.Counts(mostSockets))
}

// scanRange weighs every threshold on counts of a unit, which are gone then.
func (s *study) scanRange(r evidence.Range, mass evidence.Mass) evidence.Result {
	for i, forced := range s.forced {
		if forced {
			r.Lo[i], r.Mid[i], r.Hi[i] = evidence.Forced, evidence.Forced, evidence.Forced
		}
	}
	steps := evidence.Counted(r, s.table.Refused, s.weights)
	s.table.Recycle(r)
	return evidence.Scan(steps, mass)
}

// scopePrior is the weight of a limit being kept under a key.
var scopePrior = map[string]float64{
	"global": 0.40, "token": 0.20, "client": 0.10, "subject": 0.05,
	"organisation": 0.10, "source": 0.05, "edge": 0.05, "host": 0.05,
}
