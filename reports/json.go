package reports

import (
	"encoding/json"
	"fmt"
	"io"

	"why403/analysis"
)

// JSON writes the findings in the form that docs/json.md describes, indented,
// keys in a fixed order, with a line feed at the end.
func JSON(w io.Writer, f *analysis.Findings) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("write findings as JSON: %w", err)
	}
	return nil
}
