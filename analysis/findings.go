package analysis

// Schema names the version of the JSON form of [Findings]. Fields are only added
// to it; docs/json.md describes them.
const Schema = "why403.findings/1"

// Findings is what Explain concludes from a run, in the form that --json prints
// and from which every report is rendered.
type Findings struct {
	Schema string `json:"schema"`

	Attempts      int            `json:"attempts"`
	Accepted      int            `json:"accepted"`        // answered 101 and stayed open
	Refused       map[string]int `json:"refused"`         // by status, "403"
	RefusedInBand map[string]int `json:"refused_in_band"` // 101, then closed at once; by close code, "1008"
	Failed        map[string]int `json:"failed"`          // by outcome, "timed-out"
	// RefusedSilently are those of Failed that show to be refusals: without a word
	// the connection was closed, or nothing came, again and again.
	RefusedSilently map[string]int `json:"refused_silently,omitempty"`
	Pending         int            `json:"pending"`
	PeakOpen        int            `json:"peak_open"`
	Started         string         `json:"started"`              // RFC 3339, UTC
	DurationS       float64        `json:"duration_s"`           // seconds, gaps between recordings left out
	Recordings      []Recording    `json:"recordings,omitempty"` // of several that were analysed as one

	Verdict          Verdict       `json:"verdict"`
	ByForm           []FormFinding `json:"by_form,omitempty"` // of refusals in several forms: each on its own
	Hypotheses       []Hypothesis  `json:"hypotheses"`        // all tried, most probable first; probabilities sum to 1
	UndecidedBetween []string      `json:"undecided_between"` // causes, for undetermined
	NextExperiment   *Experiment   `json:"next_experiment,omitempty"`
	AnsweredBy       *AnsweredBy   `json:"answered_by,omitempty"`
	Advice           []Advice      `json:"advice,omitempty"` // what stands out beside the verdict, weightiest first
	Clock            *ClockOffset  `json:"clock,omitempty"`
	Notes            []string      `json:"notes"` // what was missing or doubtful in the recording
}

// FormFinding is the verdict on the refusals of one form.
type FormFinding struct {
	Form    string  `json:"form"` // "403", "close code 1008", "dropped"
	Refused int     `json:"refused"`
	Verdict Verdict `json:"verdict"`
}

// Status says how much the recording decides.
type Status string

const (
	Determined   Status = "determined"   // one cause (or set of causes) holds at least 0.9 of the probability
	Undetermined Status = "undetermined" // none does
	Insufficient Status = "insufficient" // too few refusals to say anything
	NoRefusals   Status = "no-refusals"
)

// Verdict is the answer: for Determined the causes, for Undetermined the candidates.
type Verdict struct {
	Status Status  `json:"status"`
	Says   string  `json:"says"` // the answer in one sentence, and how much it leaves unexplained
	Causes []Cause `json:"causes"`
}

// Cause is one finding of the closed vocabulary in docs/causes.md.
type Cause struct {
	Cause           string     `json:"cause"` // "concurrency-cap"
	Scope           string     `json:"scope"` // "global", "token", …
	ScopeEquivalent []string   `json:"scope_equivalent"`
	Probability     float64    `json:"probability"`
	Threshold       *Threshold `json:"threshold,omitempty"`
	Linger          *Threshold `json:"linger,omitempty"` // how long a closed socket still counts
	Leak            *Threshold `json:"leak,omitempty"`   // of a limit: the share of closed sockets that go on counting for good
	Moves           []Move     `json:"moves,omitempty"`  // of a limit that does not stay: its first value is the threshold
	Burst           *Threshold `json:"burst,omitempty"`  // of a rate limit: how many are let through at once
	Window          *Threshold `json:"window,omitempty"` // of a quota or ban: the time in which is counted
	Lasts           *Threshold `json:"lasts,omitempty"`  // of a ban: for how long
	Attribute       *Attribute `json:"attribute,omitempty"`
	Explains        Explains   `json:"explains"`
	ContradictedBy  int        `json:"contradicted_by"` // attempts it would have decided otherwise
	Says            string     `json:"says"`            // one sentence in plain words
	Do              []string   `json:"do"`              // what to change, first thing first
	WouldRefute     string     `json:"would_refute"`    // an observation that would prove it wrong
}

// Move is a change of a limit.
type Move struct {
	AtS float64 `json:"at_s"` // seconds after the start, gaps between recordings left out
	To  int     `json:"to"`   // open sockets
}

// Threshold is a cause's parameter with the interval of values that explain the
// recording about as well.
type Threshold struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Unit  string  `json:"unit"` // "open sockets", "s"
}

// Attribute is a property of a request that selects the refused attempts.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"` // refused; several are joined by ", "
	// SameAs lists other properties that select the same requests, "kid = k2".
	SameAs []string `json:"same_as,omitempty"`
}

// Explains counts the refusals a cause accounts for.
type Explains struct {
	Refused int `json:"refused"`
	Of      int `json:"of"`
}

// Counts is the two by two table of a prediction: first digit, the cause would
// have refused; second, the gateway did.
type Counts struct {
	N11 int `json:"n11"`
	N10 int `json:"n10"`
	N01 int `json:"n01"`
	N00 int `json:"n00"`
	// Either of these are so close to the threshold that the cause could have
	// done either; they are counted above as if it did what the gateway did.
	Either int `json:"either"`
}

// Hypothesis is one cause with one scope that was weighed against the recording.
type Hypothesis struct {
	Cause       string     `json:"cause"`
	Scope       string     `json:"scope"`
	Probability float64    `json:"probability"`
	LogEvidence float64    `json:"log_evidence"` // natural logarithm, prior included
	Threshold   *Threshold `json:"threshold,omitempty"`
	Linger      *Threshold `json:"linger,omitempty"`
	Burst       *Threshold `json:"burst,omitempty"`
	Window      *Threshold `json:"window,omitempty"`
	Lasts       *Threshold `json:"lasts,omitempty"`
	Attribute   *Attribute `json:"attribute,omitempty"`
	With        []Part     `json:"with,omitempty"` // of two causes at once: the second
	Counts      Counts     `json:"counts"`
	Says        string     `json:"says"` // why it stands or falls, one sentence with the counts
}

// Part is one of two causes at once.
type Part struct {
	Cause     string     `json:"cause"`
	Scope     string     `json:"scope"`
	Threshold *Threshold `json:"threshold,omitempty"`
	Attribute *Attribute `json:"attribute,omitempty"`
}

// Experiment is the run that would separate what this one cannot.
type Experiment struct {
	Name        string             `json:"name"`
	Why         string             `json:"why"`
	Do          []string           `json:"do"`          // steps, as a person would do them in JMeter
	Predictions map[string]float64 `json:"predictions"` // cause to the expected share of refused attempts
	Parts       []ExperimentPart   `json:"parts,omitempty"`
}

// ExperimentPart is a part of an experiment whose upgrades are counted apart.
type ExperimentPart struct {
	Of          string             `json:"of"`          // "the ramp", "the reopened"
	Predictions map[string]float64 `json:"predictions"` // as those of the experiment, of this part
}

// ClockOffset is the gateway's clock less ours, in seconds.
type ClockOffset struct {
	OffsetS float64 `json:"offset_s"`
	ErrorS  float64 `json:"error_s"`
}
