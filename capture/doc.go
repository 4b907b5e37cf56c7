// Package capture is the record that every part of why403 speaks: what was
// observed of a load of WebSocket upgrades, and nothing that was inferred.
//
// A [Run] holds [Upgrade] attempts, the OAuth token requests seen beside them
// ([TokenRequest]), the [Token]s themselves (facts and a keyed fingerprint,
// never the value), [ClockSample]s of the gateway's clock, and [Loss]es: what
// the recorder knows that it missed. Producers (the proxy, packet captures,
// imports) fill in only what they saw. An [Instant] of zero means "not seen",
// never "took no time". How many sockets were open is not theirs to count: the
// analysis derives it from the opened and closed times, by one pass for every
// source, so that two sources cannot disagree.
//
// Secrets stop before this package: every string here has had its tokens,
// passwords and cookies replaced by fingerprints. Package capture does no I/O
// and imports only the standard library.
package capture
