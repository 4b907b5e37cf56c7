// Package failon reads the conditions of --fail-on and checks findings against
// them, so that a pipeline fails for what its owner cares about and for nothing
// else.
//
// # Grammar
//
//	condition  = term *( " and " term )
//	term       = measure compare number [ "%" ]
//	           / property equal word
//	compare    = ">" / ">=" / "<" / "<=" / "=" / "!="
//	equal      = "=" / "!="
//
// White space around operators is allowed. The measures are counts of upgrades, or
// with "%" their share of all attempts:
//
//	attempts   every upgrade that was tried
//	accepted   answered 101 and not refused in band
//	refused    refused at the upgrade or in band
//	refused.S  refused with status or close code S: refused.403, refused.1008
//	in-band    answered 101 and closed at once
//	failed     no answer: dropped, timed out, client gone, gateway not reached
//	pending    still waiting when the recording ended
//
// and three that take no "%", but for probability:
//
//	peak-open    sockets open at once, at most
//	threshold    the limit found, in its own unit, of each cause of a determined verdict
//	probability  of the leading cause of the verdict, from 0 to 1 or in %
//
// The properties are
//
//	verdict    determined, undetermined, insufficient, no-refusals
//	cause      a cause of a determined verdict
//	candidate  a cause of the verdict, determined or not
//	scope      the scope of a cause of a determined verdict
//
// A property or a threshold with several values (a verdict of two causes) is equal
// to a word if one of them is, and differs from it if none is. A measure that does
// not exist (the threshold of a verdict without one) meets no condition.
package failon
