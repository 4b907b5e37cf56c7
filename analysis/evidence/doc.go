// Package evidence weighs predictions against outcomes: numbers only, no HTTP.
//
// A mechanism predicts for each attempt that it is refused, that it is accepted,
// or, where the recording cannot tell on which side of a threshold it fell, either.
// The likelihood of the outcomes is a product of beta-binomials, one for each of
// the three classes, with the error rates integrated out ([Table.Log]). The
// evidence of a mechanism with a threshold is the sum over all thresholds that the
// data can tell apart, each weighed with the prior mass of the cell it stands for
// ([Scan]). All logarithms are natural.
package evidence
