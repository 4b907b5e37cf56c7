// Package reports renders what the analysis found: one self-contained HTML page
// ([HTML]), a few lines for a terminal ([Text]), a longer text ([Explain]) and
// JSON ([JSON]).
//
// It renders and never concludes: verdicts, probabilities and exhibits come from
// package analysis as they are. Only what needs no thought is tallied here, such
// as token requests by status or sockets by close code.
//
// Same input, same bytes out: no clock, no map order, no random numbers. Times
// are UTC, because a recording does not know its reader's time zone.
//
// # Hostile text
//
// Heads, bodies, claims, reasons and command lines were written by others. They
// reach the page through html/template's contextual escaping alone, and every
// output, HTML or text, passes [visible] as its last step, which replaces control
// characters, bidirectional controls and invalid UTF-8 by something to be seen.
// The page's content security policy forbids scripts, connections, forms and
// every style but the page's own. Secrets were replaced long before (package
// capture).
package reports
