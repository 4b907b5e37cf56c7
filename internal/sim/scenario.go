package sim

// Scenario is a simulated case with its answer. Load lacks what only a running
// gateway knows: URL, TokenURL, Roots and, if wanted, Proxy.
type Scenario struct {
	Name    string // lower case, words joined by hyphens
	Says    string // what it shows, one sentence
	Gateway GatewayOptions
	Load    Load
	Want    Answer
}

// Answer is what an analysis of a scenario's recording must say.
type Answer struct {
	Status    string   // "determined", "undetermined", "no-refusals" or "insufficient"; "": nothing but Causes may be determined
	Causes    []string // determined: all of them; undetermined: those that must be among the candidates
	Scope     string   // of the cause, "" if it has none
	Threshold float64  // in Unit
	Unit      string   // "open sockets", "upgrades" or "s", "" if no threshold is asked for
}

// ByName returns the scenario with that name.
func ByName(name string) (Scenario, bool) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}
