package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"why403/analysis"
	"why403/capture"
)

//go:embed page/*.tmpl page/style.css
var files embed.FS

// page is the parsed template, style the page's only style sheet.
var (
	page  = template.Must(template.ParseFS(files, "page/*.tmpl"))
	style = mustRead("page/style.css")
)

func mustRead(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded when the program was built
	}
	return string(b)
}

// policy forbids all that the page does not need: scripts, connections, frames,
// forms, and any style but its own, which is let in by its hash (CSP Level 3).
func policy(css string) string {
	hash := sha256.Sum256([]byte(css))
	return fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'",
		base64.StdEncoding.EncodeToString(hash[:]))
}

// HTML writes the report as one file that needs neither network nor script. The
// run gives raw samples and tallies, f the verdict, x the figures; x may be nil.
func HTML(w io.Writer, run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) error {
	if x == nil {
		x = &analysis.Exhibits{}
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "page.tmpl", newView(run, f, x)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	_, err := io.WriteString(w, visible(b.String()))
	return err
}
