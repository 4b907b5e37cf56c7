package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"why403/capture"
)

// JSONLines writes a run as JSON Lines: one object a line, one line an attempt.
func JSONLines(w io.Writer, run *capture.Run) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for _, r := range Rows(run) {
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("write JSON Lines: %w", err)
		}
	}
	return b.Flush()
}

// rowGroup is how many rows share the statistics that let a query skip them.
const rowGroup = 100_000

// Parquet writes a run as one Parquet file, compressed with zstd.
func Parquet(w io.Writer, run *capture.Run) error {
	out := parquet.NewGenericWriter[Row](w, parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(rowGroup),
		parquet.CreatedBy("why403", run.Version, ""))
	if _, err := out.Write(Rows(run)); err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	return nil
}
