// Package analysis explains the refusals of a run: from recorded upgrades to a
// cause with its probability, its evidence, what it rules out, and, where the
// recording cannot decide, the experiment that would.
//
// [Explain] weighs a closed vocabulary of causes, one file each, against the
// outcomes (docs/causes.md, docs/diagnosis.md). A cause with a scope and parameters
// predicts which attempts are refused; package evidence turns predictions into
// probabilities; package covariate supplies what they predict from. [Exhibit]
// computes the figures that the reports draw.
//
// The package is pure: the same run gives the same findings to the byte. It reads
// no clock and no environment, and nothing depends on the order of a map.
package analysis
