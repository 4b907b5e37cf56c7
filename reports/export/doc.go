// Package export writes a run as a table, one row an upgrade attempt, for the tools
// that people keep and query many runs with: JSON Lines and Parquet. Beside what was
// observed a row holds what a question usually needs and only a pass over the whole
// run knows: open sockets, the token's age and its uses when the gateway decided, by
// the same pass that the diagnosis uses. docs/export.md describes the columns; they
// are only added to.
package export
