package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got); rewrite it with -update if that is meant:\n%s", name, d)
	}
}

// fixtures are the recordings with their names, one for each kind of verdict.
var fixtures = []struct {
	name string
	make func() fixture
}{
	{"determined", fixtureDetermined},
	{"two-causes", fixtureTwoCauses},
	{"undetermined", fixtureUndetermined},
	{"no-refusals", fixtureNoRefusals},
	{"insufficient", fixtureInsufficient},
	{"in-band", fixtureInBand},
}

// withoutStyle leaves the style sheet and its hash out of a golden page, which
// would otherwise change with each of its lines. TestPolicyLetsTheStyleIn has them.
func withoutStyle(page []byte) []byte {
	page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAll(page, []byte("<style></style>"))
	page = regexp.MustCompile(`(?s)<script>.*?</script>`).ReplaceAll(page, []byte("<script></script>"))
	return regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAll(page, []byte("sha256-&#39;"))
}

func TestGolden(t *testing.T) {
	for _, c := range fixtures {
		t.Run(c.name, func(t *testing.T) {
			fx := c.make()
			if err := fx.run.CheckValid(); err != nil {
				t.Fatalf("fixture: %v", err)
			}
			for suffix, write := range map[string]func(io.Writer) error{
				".html":        func(w io.Writer) error { return HTML(w, fx.run, fx.f, fx.x) },
				".txt":         func(w io.Writer) error { return Text(w, fx.f) },
				".explain.txt": func(w io.Writer) error { return Explain(w, fx.f) },
				".json":        func(w io.Writer) error { return JSON(w, fx.f) },
				".junit.xml":   func(w io.Writer) error { return JUnit(w, fx.f, judged(t, fx.f)) },
				".sarif":       func(w io.Writer) error { return SARIF(w, fx.f, "0.1.0", "runs/gateway test.db") },
				".md":          func(w io.Writer) error { return Markdown(w, fx.f, judged(t, fx.f)) },
			} {
				var b bytes.Buffer
				if err := write(&b); err != nil {
					t.Fatal(err)
				}
				golden(t, c.name+suffix, withoutStyle(b.Bytes()))
			}
		})
	}
}
