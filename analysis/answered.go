package analysis

// AnsweredBy says which layer made the refusals, as far as their form tells.
type AnsweredBy struct {
	Layer    string  `json:"layer"`           // who decided: "HAProxy", "the application"
	Evidence string  `json:"evidence"`        // what of the answers says so
	Doubt    string  `json:"doubt,omitempty"` // what else it could be, one sentence
	Relays   []Relay `json:"relays,omitempty"`
	Refusals int     `json:"refusals,omitempty"` // how many refusals have this form
	Of       int     `json:"of,omitempty"`
}

// Relay is a layer that only passed the answers on, outermost first.
type Relay struct {
	Layer    string `json:"layer"`
	Evidence string `json:"evidence"`
}
