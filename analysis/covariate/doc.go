// Package covariate derives, from the record of a run, what stood in the
// background of each decision of the gateway: how many sockets were open under
// which key, how old the token was, how many attempts had gone before.
//
// [Build] makes one pass over the attempts and orders them by decision. Nobody saw
// the gateway decide; it did so between the request and the answer. A [Reading]
// says where in between it is taken to be, and [Table.Open] counts open sockets
// under a reading, as an interval: a decision within the jitter of an opening or a
// close could have been made before or after it.
//
// Every source of records goes through this package, so that two sources cannot
// disagree about what was open when.
package covariate
