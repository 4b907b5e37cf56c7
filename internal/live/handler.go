package live

import (
	"embed"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"

	"why403/internal/uplot"
)

//go:embed page
var assets embed.FS

// handler serves the page, its events, /metrics and /healthz.
func (p *Page) handler(at net.Addr) http.Handler {
	page, err := fs.Sub(assets, "page")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(page))
	mux.HandleFunc("GET /uplot.js", serve("text/javascript", uplot.Script))
	mux.HandleFunc("GET /uplot.css", serve("text/css", uplot.Style))
	mux.HandleFunc("GET /events", p.events)
	mux.Handle("GET /metrics", p.metrics.handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	return guard(at, mux)
}

// serve answers with a text that is compiled in.
func serve(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		io.WriteString(w, text)
	}
}

// guard keeps other web pages out: a request must name the address that we listen
// on, or a loopback one, as its host (else a name that was pointed at loopback
// could read us), and may come from no other origin.
func guard(at net.Addr, next http.Handler) http.Handler {
	listening, _, _ := net.SplitHostPort(at.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		switch origin := r.Header.Get("Origin"); {
		case !isOurs(r.Host, listening):
			http.Error(w, "why403 answers to its own address only, not to the name "+r.Host, http.StatusForbidden)
		case origin != "" && !sameHost(origin, r.Host):
			http.Error(w, "why403 does not answer pages of other origins", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func isOurs(hostport, listening string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(host)
	return host == "localhost" || host == listening || ip != nil && (ip.IsLoopback() || net.ParseIP(listening).IsUnspecified())
}

func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && u.Host == host
}
