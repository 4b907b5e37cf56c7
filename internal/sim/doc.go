// Package sim simulates what why403 examines: a gateway that refuses WebSocket
// upgrades for a known reason, and a load test that runs into it. The demo and
// the tests compare the verdict with that reason.
//
// It is built on net/http, gorilla/websocket and golang-jwt and imports none of
// our packages, so that the simulation and our parsers check each other.
//
// # Gateway
//
// [StartGateway] serves an OAuth 2.0 token endpoint (RFC 6749 §4.4) and a
// WebSocket endpoint on loopback. Every upgrade goes through [Admission], which
// is pure: it is told the time and the token, and says who is let in and why
// not. The gateway holds one lock around it, so a slot is counted from the
// decision to its release and a cap of n admits exactly n. A slot is released
// when the gateway has read the client's Close frame, before it answers with its
// own; when it has decided to end the socket itself; or when it sees the
// connection end without one. Whoever has read the gateway's Close frame
// can therefore count on the slot being free (unless [GatewayOptions.Linger] keeps it).
// [Gateway.Stats] is the ground truth of what was decided.
//
// An upgrade is decided on arrival and answered after the configured latency.
//
// # Load
//
// [Load] opens sockets as a JMeter test plan does: threads that start over a
// ramp, each of which gets a token, upgrades, holds, closes, pauses and begins
// again; after a refusal it goes to its next iteration. [LoadReport] is what the
// client saw, and without a proxy in between it agrees with the gateway's Stats.
//
// # Scenarios
//
// A [Scenario] is a row of data: a gateway, a load, and the answer that an
// analysis of the two must give. Among them are one with nothing to find and one
// whose candidates cannot be told apart.
package sim
