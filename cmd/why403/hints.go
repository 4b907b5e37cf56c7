package main

import (
	"errors"

	"why403/capture/pcapfile"
	"why403/capture/runfile"
)

// fileHints say what to do with a file of another kind than the command reads.
var fileHints = []struct {
	err  error
	hint string
}{
	{runfile.ErrNotRunFile, `"why403 pcap FILE" reads packet captures, "why403 import FILE" HTTP Archives`},
	{pcapfile.ErrFormat, `"editcap -F pcapng IN OUT" converts other captures; "why403 explain FILE" reads run files`},
}

// hint is what to do about err, empty if nothing is known.
func hint(err error) string {
	var h hinted
	if errors.As(err, &h) {
		return h.hint
	}
	for _, f := range fileHints {
		if errors.Is(err, f.err) {
			return f.hint
		}
	}
	return ""
}
