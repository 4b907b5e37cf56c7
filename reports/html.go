package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"why403/analysis"
	"why403/capture"
	"why403/internal/uplot"
)

//go:embed page/*.tmpl page/style.css page/script/*.js
var files embed.FS

// page is the parsed template, style the page's only style sheet and script its only
// script: uPlot and ours, which is one function so that it leaves no
// names behind.
var (
	page   = template.Must(template.ParseFS(files, "page/*.tmpl"))
	style  = uplot.Style + mustRead("page/style.css")
	script = uplot.Script + "\n(() => {\n" + ownScript() + "})();\n"
)

// ownScript joins the parts of our script in the order of their names.
func ownScript() string {
	entries, err := files.ReadDir("page/script")
	if err != nil {
		panic(err) // embedded when the program was built
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(mustRead("page/script/" + e.Name()))
	}
	return b.String()
}

func mustRead(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded when the program was built
	}
	return string(b)
}

// policy forbids all that the page does not need: connections, frames, forms, and
// any style and script but its own, which are let in by their hashes (CSP Level 3).
// js is "" for a page without a script.
func policy(css, js string) string {
	scripts := ""
	if js != "" {
		scripts = fmt.Sprintf(" script-src 'sha256-%s';", hashOf(js))
	}
	return fmt.Sprintf("default-src 'none';%s style-src 'sha256-%s'; base-uri 'none'; form-action 'none'", scripts, hashOf(css))
}

func hashOf(s string) string {
	hash := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(hash[:])
}

// HTML writes the report as one file that needs no network, and says all it has to
// say without its script, which adds zoom, filter and the choice of colours. The
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
