package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"why403/analysis"
	"why403/capture"
)

func render(t testing.TB, fx fixture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, fx.run, fx.f, fx.x); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// elements parses a page and returns its elements in order.
func elements(t testing.TB, page []byte) []*html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func TestPageIsSelfContained(t *testing.T) {
	for _, c := range fixtures {
		for _, n := range elements(t, render(t, c.make())) {
			switch n.Data {
			case "link", "img", "iframe", "object", "embed", "form", "base":
				t.Errorf("%s: the page has a <%s>", c.name, n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "href" && !strings.HasPrefix(a.Val, "#"), a.Key == "src", a.Key == "style", strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: <%s %s=%q>", c.name, n.Data, a.Key, a.Val)
				}
			}
		}
	}
}

func TestPolicyLetsTheStyleIn(t *testing.T) {
	var policy, css string
	for _, n := range elements(t, render(t, fixtureDetermined())) {
		if attr(n, "http-equiv") == "Content-Security-Policy" {
			policy = attr(n, "content")
		}
		if n.Data == "style" {
			css = text(n)
		}
	}
	hash := sha256.Sum256([]byte(css))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
	if !strings.Contains(policy, want) || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q does not hold %q and default-src 'none'", policy, want)
	}
}

// TestReferences checks that identifiers are unique and that whatever names one
// names one that exists, so that anchors and labels work.
func TestReferences(t *testing.T) {
	for _, c := range fixtures {
		all := elements(t, render(t, c.make()))
		ids := map[string]bool{}
		for _, n := range all {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %q appears twice", c.name, id)
				}
				ids[id] = true
			}
		}
		for _, n := range all {
			refs := strings.Fields(attr(n, "aria-labelledby"))
			if href, ok := strings.CutPrefix(attr(n, "href"), "#"); ok {
				refs = append(refs, href)
			}
			for _, r := range refs {
				if !ids[r] {
					t.Errorf("%s: <%s> refers to #%s, which does not exist", c.name, n.Data, r)
				}
			}
		}
	}
}

// TestDocumentedAnchors checks that the anchors of docs/report.md exist; those that
// end in an ellipsis are beginnings.
func TestDocumentedAnchors(t *testing.T) {
	doc, err := os.ReadFile("../docs/report.md")
	if err != nil {
		t.Fatal(err)
	}
	ids := ""
	for _, c := range fixtures {
		for _, n := range elements(t, render(t, c.make())) {
			ids += "#" + attr(n, "id") + "\n"
		}
	}
	anchors := regexp.MustCompile("`(#[a-z0-9-]+)(…?)`").FindAllStringSubmatch(string(doc), -1)
	if len(anchors) < 20 {
		t.Errorf("%d anchors found in docs/report.md, want at least 20", len(anchors))
	}
	for _, a := range anchors {
		end := "\n"
		if a[2] != "" {
			end = ""
		}
		if !strings.Contains(ids, a[1]+end) {
			t.Errorf("docs/report.md names %s, which no page has", a[0])
		}
	}
}

func TestTablesAndImagesHaveNames(t *testing.T) {
	for _, c := range fixtures {
		for _, n := range elements(t, render(t, c.make())) {
			switch {
			case n.Data == "table" && (n.FirstChild == nil || find(n, "caption") == nil):
				t.Errorf("%s: a table of class %q has no caption", c.name, attr(n, "class"))
			case n.Data == "svg" && attr(n, "aria-hidden") == "" && attr(n, "aria-label") == "" && (find(n, "title") == nil || find(n, "desc") == nil):
				t.Errorf("%s: an image has neither title and description nor a label", c.name)
			}
		}
	}
}

func find(n *html.Node, name string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			return d
		}
	}
	return nil
}

func TestTitleIsAFindingOnlyIfTheMarksBearItOut(t *testing.T) {
	title := func(fx fixture) string { return timelineTitle(fx.f, fx.x) }
	if got, want := title(fixtureDetermined()), "Every refusal lies at 24 open sockets or more"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	fx := fixtureDetermined()
	fx.x.Points = append(fx.x.Points, analysis.Point{Open: 3, Refused: true})
	if got := title(fx); strings.Contains(got, "24") {
		t.Errorf("title %q, though a refusal lies at 3 open sockets", got)
	}
	if got := title(fixtureUndetermined()); strings.Contains(got, "lies at") {
		t.Errorf("title %q of an undetermined recording", got)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for _, c := range fixtures {
		if !bytes.Equal(render(t, c.make()), render(t, c.make())) {
			t.Errorf("%s: two pages of one recording differ", c.name)
		}
	}
}

func TestEmptyRun(t *testing.T) {
	fx := fixture{&capture.Run{}, &analysis.Findings{Verdict: analysis.Verdict{Status: analysis.NoRefusals}}, nil}
	page := render(t, fx)
	if !bytes.Contains(page, []byte(nothing)) || bytes.Contains(page, []byte(`"verdict no-refusals"`)) {
		t.Error("the page of an empty run looks like one without refusals")
	}
	for name, write := range map[string]func(io.Writer, *analysis.Findings) error{"Text": Text, "Explain": Explain, "JSON": JSON} {
		if err := write(io.Discard, fx.f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSizeIsBounded renders 100,000 upgrades, of which each refusal has a body
// and each socket a close reason of its own.
func TestSizeIsBounded(t *testing.T) {
	fx := load{n: 100_000, limit: 900, lasts: 2 * time.Hour, seed: 7}.record()
	for i, u := range fx.run.Upgrades {
		reason := strings.Repeat("x", i%123) + string(rune('a'+i%26))
		if u.Status == 101 {
			u.Socket.CloseReason = reason
		} else if len(fx.x.Groups) < 5000 {
			fx.x.Groups = append(fx.x.Groups, analysis.Group{Title: reason, Count: 1, BodyStart: strings.Repeat("y", 200), Example: u})
		}
		fx.run.Losses = append(fx.run.Losses, capture.Loss{At: u.Phases.RequestSent, Kind: capture.LostGap, Count: 1})
		fx.run.Notes = append(fx.run.Notes, capture.Note{Text: reason})
	}
	for range 5000 {
		h := fx.f.Hypotheses[len(fx.f.Hypotheses)-1]
		h.Says = strings.Repeat("s ", 200)
		fx.f.Hypotheses = append(fx.f.Hypotheses, h)
	}
	fx.x.Pair.Refused.Body = bytes.Repeat([]byte("<b>"), capture.BodyLimit/3)
	long := capture.Head(strings.Repeat("X-Long: "+strings.Repeat("z", 5000)+"\r\n", 500))
	fx.x.Pair.Refused.RequestHead = (fx.x.Pair.Refused.RequestHead.Head() + long).Keep()
	page := render(t, fx)
	t.Logf("%d bytes", len(page))
	if len(page) > 2<<20 {
		t.Errorf("page of %d bytes, want at most 2 MiB", len(page))
	}
}

// TestContrast checks the pairs of text colour and ground that the style sheet
// uses against WCAG 2.2 SC 1.4.3: 4.5 to 1.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`:root(?:|:not\(\[data-theme="light"\]\)|\[data-theme="dark"\]) \{([^}]*--ink:[^}]*)\}`).FindAllStringSubmatch(style, -1)
	if len(blocks) != 3 {
		t.Fatal("no colours found")
	}
	pairs := [][2]string{
		{"ink", "card"}, {"soft", "card"}, {"soft", "bg"}, {"ink", "bg"}, {"good", "card"}, {"good", "bg"}, {"bad", "card"},
		{"ok", "card"}, {"warn", "card"}, {"warn", "warn-soft"}, {"ink", "bad-soft"}, {"ink", "good-soft"}, {"ink", "mark"},
		{"ink", "heat0"}, {"ink", "heat1"}, {"ink", "heat2"}, {"ink", "heat3"}, {"ink", "heat4"}, {"on5", "heat5"},
	}
	for i, theme := range []string{"light", "dark", "dark by choice"} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([\w-]+): (#\w+)`).FindAllStringSubmatch(blocks[i][1], -1) {
			colours[m[1]] = m[2]
		}
		for _, p := range pairs {
			if r := contrast(t, colours[p[0]], colours[p[1]]); r < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", theme, p[0], p[1], r)
			}
		}
	}
}
