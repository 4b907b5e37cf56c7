// Package imports holds no code: its test keeps the directions of
// docs/architecture.md.
package imports

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ours lists what each package may import of this module, "x/..." for x and all
// below it. A package that is not here is bound by nothing but by not being in
// the lists of the others.
var ours = map[string][]string{
	"capture":            {},
	"capture/http1":      {"capture"},
	"capture/ws":         {"capture"},
	"capture/token":      {"capture"},
	"capture/tlswire":    {"capture"}, // for instants
	"capture/http2":      {"capture"},
	"capture/dissect":    {"capture", "capture/http1", "capture/http2", "capture/ws", "capture/token"},
	"capture/har":        {"capture", "capture/token"},
	"capture/runfile":    {"capture"},
	"capture/pcapfile":   {"capture", "capture/dissect", "capture/token", "capture/tlswire"},
	"proxy":              {"capture", "capture/http1", "capture/ws", "capture/token", "capture/dissect", "capture/tlswire"},
	"proxy/ca":           {},
	"analysis":           {"capture", "analysis/..."},
	"analysis/clock":     {"capture"},
	"analysis/covariate": {"capture", "analysis/clock", "analysis/evidence"},
	"analysis/evidence":  {},
	"analysis/jtl":       {"capture"},
	"reports":            {"capture", "analysis", "analysis/jtl", "reports/failon", "internal/uplot"},
	"reports/export":     {"capture", "capture/packet", "capture/pcapfile", "analysis/covariate", "internal/synth"}, // the last three write packets
	"reports/failon":     {"analysis"},
	"internal/child":     {},
	"internal/sim":       {},
	"internal/live":      {"capture", "analysis", "proxy", "internal/uplot"},
	"internal/traces":    {"capture"},
	"internal/packetlog": {"capture", "capture/packet", "capture/pcapfile", "internal/synth"},
}

// theirs lists the packages that import a library, so that replacing it stays the
// business of one place.
var theirs = map[string][]string{
	"modernc.org/sqlite":           {"capture/runfile"},
	"github.com/elazarl/goproxy":   {"proxy"},
	"github.com/spf13/cobra":       {"cmd/why403"},
	"github.com/prometheus":        {"internal/live"},
	"go.opentelemetry.io":          {"internal/traces"},
	"github.com/gopacket/gopacket": {"capture/live", "internal/wsload/benchpcap"}, // the ring; a peer to measure beside, and an oracle in tests
	"github.com/golang-jwt/jwt/v5": {"internal/sim"},
	"software.sslmate.com/src":     {"proxy/ca"},
	"github.com/parquet-go":        {"reports/export"},
	"github.com/chromedp":          {}, // tests of reports
}

func TestImportDirections(t *testing.T) {
	imports := read(t)
	if len(imports) < 10 {
		t.Fatalf("found %d packages", len(imports))
	}
	for pkg, list := range imports {
		for _, imported := range list {
			if own, ok := strings.CutPrefix(imported, "why403/"); ok {
				if allowed, bound := ours[pkg]; bound && !matches(allowed, own) {
					t.Errorf("%s imports %s, against docs/architecture.md", pkg, own)
				}
				continue
			}
			for library, users := range theirs {
				if strings.HasPrefix(imported, library) && !slices.Contains(users, pkg) {
					t.Errorf("%s imports %s, which belongs to %q alone", pkg, imported, users)
				}
			}
		}
	}
	for _, imported := range imports["capture"] {
		if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
			t.Errorf("capture imports %s, and is to need the standard library alone", imported)
		}
	}
}

// read returns the imports of each package of this module, tests left out. It reads
// the files itself: "go test" then sees what the result depends on, and does not
// repeat an old one.
func read(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && path != root):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		pkg := filepath.ToSlash(dir)
		for _, spec := range file.Imports {
			if imported := strings.Trim(spec.Path.Value, `"`); !slices.Contains(imports[pkg], imported) {
				imports[pkg] = append(imports[pkg], imported)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

func matches(allowed []string, pkg string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		tree, below := strings.CutSuffix(a, "/...")
		return a == pkg || below && (pkg == tree || strings.HasPrefix(pkg, tree+"/"))
	})
}
