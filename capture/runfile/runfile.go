// Package runfile keeps one run in one SQLite file, which any SQLite client opens;
// docs/run-file.md describes it.
//
// [Create] starts a file and returns a [Writer], whose Put hands records to one
// goroutine over a bounded queue and never waits: traffic comes first. That
// goroutine writes a batch every few hundredths of a second, in WAL mode, so that
// others can read meanwhile and a crash loses a tenth of a second at most. What
// could not be written is counted and stands in the file as a loss.
// [Writer.Seal] makes it a single file. [Open] reads one, sealed or not.
//
// One row of a table definition (upgrades.go, tables.go) makes a column, fills it
// and reads it back; a field of the record that has none fails a test.
package runfile
