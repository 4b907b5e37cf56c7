// Package passive turns the packets of a capture into the records that the proxy
// makes, with nobody in the path.
//
// An [Observer] takes packets in the order of time. Each connection is put
// together by package tcp, recognised by its first bytes, decrypted by package
// tlswire where keys are at hand, followed through CONNECT, and read by
// package dissect, the state machine that serves the proxy too.
//
//	packet ─► tcp ─► pipe ─┬─► dissect ─► records
//	                       ├─► tlswire ─► pipe …
//	                       └─► CONNECT ─► pipe …
//
// What cannot be read is counted under its reason as a [capture.Loss]: keys that are
// missing, packets that were dropped, connections that began before the capture. A
// connection without keys says nothing about its statuses, and the losses are
// there so that no verdict does either.
//
// A capture may hold a load twice, before and behind a proxy or gateway: [Join]
// makes one attempt of the two.
package passive
