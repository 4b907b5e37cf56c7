package analysis

// ComparisonSchema names the version of the JSON form of [Comparison]. Fields are
// only added to it; docs/compare.md describes them.
const ComparisonSchema = "why403.comparison/1"

// Comparison is what changed between two recordings, A and then B.
type Comparison struct {
	Schema string `json:"schema"`

	A ComparedRun `json:"a"`
	B ComparedRun `json:"b"`

	Status ComparisonStatus `json:"status"`
	Says   string           `json:"says"` // the answer in one sentence

	// Level is the probability with which all intervals of differences together
	// hold the true ones (Bonferroni); the intervals of A and B hold it each.
	Level float64 `json:"level"`

	// Adjusted is the share refused among attempts with the same open sockets and
	// token age; nil if the recordings have no such attempts in common.
	Adjusted *Measure  `json:"adjusted,omitempty"`
	Measures []Measure `json:"measures"`
	Curves   []Curve   `json:"curves"`
	Notes    []string  `json:"notes"`
}

// ComparisonStatus says what two recordings together tell.
type ComparisonStatus string

const (
	// Changed: the same load meets other refusals, or a limit moved.
	Changed ComparisonStatus = "changed"
	// OtherLoad: one refused more, and the load explains it as far as known.
	OtherLoad ComparisonStatus = "other-load"
	// NoEvidence: no difference is larger than chance makes them.
	NoEvidence ComparisonStatus = "no-evidence"
	// NothingInCommon: the loads do not overlap, so refusals cannot be compared.
	NothingInCommon ComparisonStatus = "nothing-in-common"
	// TooFew: a recording has too few decided attempts.
	TooFew ComparisonStatus = "insufficient"
	// NeitherRefused: there was no refusal in either.
	NeitherRefused ComparisonStatus = "no-refusals"
)

// ComparedRun sums up one side.
type ComparedRun struct {
	Run       string  `json:"run"`
	Started   string  `json:"started"` // RFC 3339, UTC
	DurationS float64 `json:"duration_s"`
	Attempts  int     `json:"attempts"`
	Accepted  int     `json:"accepted"`
	Refused   int     `json:"refused"` // in band too
	PeakOpen  int     `json:"peak_open"`
	Verdict   Verdict `json:"verdict"`
}

// Measure is one number of both sides.
type Measure struct {
	Name string    `json:"name"` // "refused", "wait of acceptances, median"
	Unit string    `json:"unit"` // "share", "s", "open sockets"
	A    *Estimate `json:"a,omitempty"`
	B    *Estimate `json:"b,omitempty"`
	// Delta is B less A, nil if one of them is missing.
	Delta *Estimate `json:"delta,omitempty"`
	// Differs says that the interval of Delta leaves 0 out.
	Differs bool `json:"differs"`
}

// Estimate is a value with its interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	N     int     `json:"n,omitempty"` // attempts it was taken from
}

// Curve is the share refused over a covariate, in the same steps for both sides.
type Curve struct {
	Covariate string     `json:"covariate"` // "open sockets", "open sockets per token", "token age", "time to expiry"
	Unit      string     `json:"unit"`      // "sockets", "s"
	Bins      []CurveBin `json:"bins"`
}

// CurveBin is one step of a Curve: From ≤ covariate < To.
type CurveBin struct {
	From    float64   `json:"from"`
	To      float64   `json:"to"`
	A       *Estimate `json:"a,omitempty"` // nil without an attempt
	B       *Estimate `json:"b,omitempty"`
	Delta   *Estimate `json:"delta,omitempty"`
	Differs bool      `json:"differs"`
}
