// Package virtual simulates a load of WebSocket upgrades, a network and a gateway
// in virtual time, straight to records: thousands of attempts in milliseconds,
// always the same for the same seed. The diagnosis is calibrated on its runs.
//
// A [Scene] is what is simulated. Its gateway is a list of [Rule]s, each one
// mechanism of refusal with a state of its own; an upgrade is let through if none
// refuses it, so that two causes at once are two rules. [Scene.Run] plays the scene
// and returns what a recorder beside the load tool would have seen.
//
// A [Family] draws scenes of one kind with parameters from continuous ranges,
// together with the [Truth] that an analysis of the run must find or must admit
// not to know. Families belong either to the training set, on which the analysis
// may be tuned, or to the held-out set, on which it is only measured.
//
// All times within the package are seconds of virtual time since the scene began,
// on the recorder's clock. It imports nothing of ours but capture.
package virtual
