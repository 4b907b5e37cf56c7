package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"reflect"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	markup "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"why403/analysis"
	"why403/reports/failon"
)

// judged are the conditions that the tests' machine reports show.
func judged(t testing.TB, f *analysis.Findings) []failon.Result {
	t.Helper()
	conditions, err := failon.ParseAll([]string{"refused>1%", "verdict=undetermined"})
	if err != nil {
		t.Fatal(err)
	}
	results, _ := failon.CheckAll(conditions, f)
	return results
}

func TestJUnitWithoutConditions(t *testing.T) {
	for _, c := range fixtures {
		fx := c.make()
		var b bytes.Buffer
		if err := JUnit(&b, fx.f, nil); err != nil {
			t.Fatal(err)
		}
		var got junitSuites
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		s := got.Suites[0]
		if failed := refusals(fx.f) > 0; s.Tests != 1 || (s.Failures == 1) != failed || (s.Cases[0].Failure != nil) != failed {
			t.Errorf("%s: %d tests, %d failures; want one test, failed: %v", c.name, s.Tests, s.Failures, failed)
		}
	}
}

// rendered is a Markdown text as GitHub's parser makes a page of it, raw HTML let
// through.
func rendered(t *testing.T, text []byte) []*html.Node {
	t.Helper()
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(markup.WithUnsafe()))
	if err := md.Convert(text, &b); err != nil {
		t.Fatal(err)
	}
	return elements(t, b.Bytes())
}

// markdownPayloads break out of Markdown.
var markdownPayloads = append([]string{
	"[a](https://evil.example) https://evil.example www.evil.example evil@evil.example @everyone",
	"`x` **b** | c | ~~d~~ ![i](x) <!-- # h",
	"\n\n# heading\n\n- item\n\n```\ncode",
}, payloads...)

// TestHostileTextForMachines plants each payload in every string of the findings.
func TestHostileTextForMachines(t *testing.T) {
	plain := map[string]bool{}
	for _, c := range fixtures {
		var b bytes.Buffer
		fx := c.make()
		if err := Markdown(&b, fx.f, judged(t, fx.f)); err != nil {
			t.Fatal(err)
		}
		for _, n := range rendered(t, b.Bytes()) {
			plain[n.Data] = true
		}
	}
	for _, payload := range markdownPayloads {
		for _, c := range fixtures {
			fx := c.make()
			plant(reflect.ValueOf(fx.f), payload)
			plant(reflect.ValueOf(fx.run), payload)
			var junit, sarif, md bytes.Buffer
			if err := JUnit(&junit, fx.f, judged(t, fx.f)); err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal(junit.Bytes(), &junitSuites{}); err != nil {
				t.Errorf("%s: JUnit with %q: %v", c.name, payload, err)
			}
			if err := SARIF(&sarif, fx.f, payload, payload); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(sarif.Bytes(), &sarifLog{}); err != nil {
				t.Errorf("%s: SARIF with %q: %v", c.name, payload, err)
			}
			if err := Markdown(&md, fx.f, judged(t, fx.f)); err != nil {
				t.Fatal(err)
			}
			for _, b := range []*bytes.Buffer{&junit, &sarif, &md} {
				checkNoInvisible(t, b.Bytes())
			}
			for _, n := range rendered(t, md.Bytes()) {
				if !plain[n.Data] {
					t.Errorf("%s: %q made an element <%s> in Markdown", c.name, payload, n.Data)
				}
			}
		}
	}
}

func TestMarkdownMentionsNobody(t *testing.T) {
	got := plain("ask @octocat at https://evil.example or www.evil.example")
	for _, bad := range []string{"@o", "://", "www."} {
		if strings.Contains(got, bad) {
			t.Errorf("%q holds %q", got, bad)
		}
	}
}
