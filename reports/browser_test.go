package reports

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a Chromium with one page open.
type browser struct {
	t    *testing.T
	ctx  context.Context
	path string
	bad  []string // errors, dialogs and requests of the page
}

// open shows a page in a new headless Chromium. Tests with it need WHY403_E2E=1 and
// Chromium.
func open(t *testing.T, content []byte) *browser {
	t.Helper()
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("WHY403_E2E is not set")
	}
	b := &browser{t: t, path: filepath.Join(t.TempDir(), "report.html")}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1200, 900))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b.ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Listen(b.ctx, b.note); err != nil {
		t.Fatal(err)
	}
	must(chromedp.Call(b.ctx, network.Enable, network.EnableParams{}))
	must(chromedp.Call(b.ctx, log.Enable, cdp.Empty{}))
	b.emulate("screen")
	b.load(content)
	return b
}

// emulate shows the page on a medium, and lets it jump where it would glide: a
// click lands beside a button that is still moving.
func (b *browser) emulate(medium string) {
	must(chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media:    medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	}))
}

// load shows another page.
func (b *browser) load(content []byte) {
	b.t.Helper()
	if err := os.WriteFile(b.path, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.visit("")
}

// filter types a query into the filter.
func (b *browser) filter(query string) {
	b.t.Helper()
	b.eval(`(e => { e.value = ` + strconv.Quote(query) + `; e.dispatchEvent(new Event("input")) })(document.getElementById("filter"))`)
}

// note remembers what a page must not do.
func (b *browser) note(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.bad = append(b.bad, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.bad = append(b.bad, "log: "+e.Entry.Text)
	case *cdppage.EventJavascriptDialogOpening:
		b.bad = append(b.bad, "dialog: "+e.Message)
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, "file://") && !strings.HasPrefix(url, "blob:") {
			b.bad = append(b.bad, "request: "+url)
		}
	}
}

// must fails a test's set-up.
func must[T any](_ T, err error) {
	if err != nil {
		panic(err)
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// visit opens the page at a fragment, and waits until its script is done.
func (b *browser) visit(hash string) {
	b.t.Helper()
	b.run(chromedp.Navigate("about:blank"), chromedp.Navigate("file://"+b.path+hash), chromedp.WaitReady(`html[data-ready="true"]`))
}

// eval returns what an expression is in the page.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// want checks what an expression is in the page, waiting up to two seconds for it.
func (b *browser) want(expression string, want any) {
	b.t.Helper()
	var got any
	for range 40 {
		if got = b.eval(expression); reflect.DeepEqual(got, want) {
			return
		}
		b.run(chromedp.Sleep(50 * time.Millisecond)) // the page's own timers run on the wall clock
	}
	b.t.Errorf("%s is %v, want %v", expression, got, want)
}

func (b *browser) quiet() {
	b.t.Helper()
	for _, bad := range b.bad {
		b.t.Error(bad)
	}
}

func TestBrowserZoomFilterAnchorsTheme(t *testing.T) {
	b := open(t, render(t, fixtureDetermined()))
	const plots, shown = `document.querySelectorAll("#zoom .plot canvas").length`, `document.querySelector("#filter-count").textContent`
	b.want(plots, 3.0)
	b.want(`getComputedStyle(document.querySelector(".static")).display`, "none")

	// Zoom by a button, and by dragging over a chart: all have the same window.
	b.run(chromedp.Click(`#zoom [aria-label="Zoom in"]`))
	b.want(`location.hash`, "#zoom=300.00..900.00")
	b.want(plots, 3.0)
	b.run(chromedp.Click(`#zoom [aria-label^="All"]`))
	b.want(`location.hash`, "")
	b.run(chromedp.ScrollIntoView(`#zoom .u-over`))
	at := b.eval(`(() => { const r = document.querySelector("#zoom .u-over").getBoundingClientRect(); return [r.left, r.top, r.width] })()`).([]any)
	left, top, width := at[0].(float64), at[1].(float64), at[2].(float64)
	b.run(chromedp.MouseEvent("mousePressed", left+width/4, top+40, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", left+width/2, top+42, chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseReleased", left+width/2, top+42, chromedp.ButtonLeft))
	b.want(`/^#zoom=(29\d|30\d)\.\d\d\.\.(59\d|60\d)\.\d\d$/.test(location.hash)`, true)
	b.run(chromedp.Click(`#zoom [aria-label^="List these"]`))
	b.want(`document.querySelector("#filter").value.startsWith("at:")`, true)

	// The filter, its state in the address, and its complaint.
	b.visit("#q=" + "status%3A403+open%3A%3E23")
	b.want(shown, "71 of 160 attempts, 71 of them refused")
	b.filter("-outcome:refused token:7f3a")
	b.want(shown, "89 of 160 attempts, 0 of them refused")
	b.want(`new URLSearchParams(location.hash.slice(1)).get("q")`, "-outcome:refused token:7f3a")
	b.filter("open:many")
	b.want(shown, "open: takes a number, as in open:>10 or open:10..20")
	b.run(chromedp.Click(`#attempt-table th:nth-child(4) button`))

	// Anchors open what they are folded into, and find attempts.
	b.visit("#finding-token-expired-global")
	b.want(`document.getElementById("finding-token-expired-global").closest("details").open`, true)
	b.visit("#attempt-160-1")
	b.want(`document.querySelectorAll("#attempt-160-1").length`, 1.0)

	// The theme, and that print is light and has the drawings in place of canvases.
	b.run(chromedp.Click("#theme"))
	b.want(`document.documentElement.dataset.theme`, "dark")
	b.want(`getComputedStyle(document.documentElement).getPropertyValue("--ink").trim()`, "#e7e9eb")
	b.emulate("print")
	b.want(`getComputedStyle(document.documentElement).getPropertyValue("--ink").trim()`, "#1a1e23")
	b.want(`getComputedStyle(document.querySelector(".static")).display`, "block")
	b.want(`getComputedStyle(document.querySelector("#zoom")).display`, "none")
	b.quiet()
}

// TestBrowserIsAccessible runs axe-core over pages with everything unfolded, light
// and dark.
func TestBrowserIsAccessible(t *testing.T) {
	b := open(t, render(t, fixtureDetermined()))
	for _, c := range fixtures {
		b.load(render(t, c.make()))
		b.eval(axe(t) + "; 1")
		for _, theme := range []string{"light", "dark"} {
			b.eval(`document.documentElement.dataset.theme = "` + theme + `"; document.querySelectorAll("details").forEach(d => d.open = true)`)
			found := b.eval(`axe.run(document, { resultTypes: ["violations"] }).then(r => JSON.stringify(r.violations.map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))])))`).(string)
			var violations []any
			if err := json.Unmarshal([]byte(found), &violations); err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Errorf("%s, %s: %v", c.name, theme, v)
			}
		}
	}
	b.quiet()
}

// axe is axe-core, see testdata/axe.
func axe(t *testing.T) string {
	f, err := os.Open("testdata/axe/axe.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBrowserHostileText plants payloads in every captured string and lets the
// page's script show them all.
func TestBrowserHostileText(t *testing.T) {
	b := open(t, render(t, fixtureDetermined()))
	for _, payload := range payloads {
		fx := fixtureDetermined()
		plant(reflect.ValueOf(fx.run), payload)
		plant(reflect.ValueOf(fx.f), payload)
		plant(reflect.ValueOf(fx.x), payload)
		b.load(render(t, fx))
		b.want(`document.querySelectorAll("script").length + document.querySelectorAll("img, iframe, b > b, [onerror], [onmouseover]").length`, 1.0)
		b.want(`document.querySelectorAll("#zoom .plot canvas").length > 0`, true)
	}
	b.quiet()
}

// TestBrowserOpensALargePage opens a page of 100,000 attempts. The time is logged
// for docs/performance.md; only one that is far off fails, as machines differ.
func TestBrowserOpensALargePage(t *testing.T) {
	b := open(t, render(t, fixtureDetermined()))
	content := render(t, load{n: 100_000, limit: 900, lasts: 2 * time.Hour, seed: 7}.record())
	if len(content) > 3<<20 {
		t.Errorf("the page has %d bytes, want at most 3 MiB", len(content))
	}
	start := time.Now()
	b.load(content)
	took := time.Since(start)
	t.Logf("%d bytes, ready in %s", len(content), took)
	if took > 20*time.Second {
		t.Errorf("ready in %s", took)
	}
	b.want(`document.querySelector("#filter-count").textContent.startsWith("100,000 of 100,000 attempts")`, true)
	b.quiet()
}
