package analysis

// Advice is something about the load, the tokens or the recording that is worth
// changing or looking at, whatever the cause of the refusals is.
type Advice struct {
	Name   string   `json:"name"`   // of its kind: "tokens-per-upgrade"
	Urgent bool     `json:"urgent"` // it may spoil the test; otherwise it is a hint
	Says   string   `json:"says"`   // what was seen, with figures, one sentence
	Do     []string `json:"do"`     // first thing first
}
