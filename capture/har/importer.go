package har

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"why403/capture"
	"why403/capture/token"
)

// importer turns entries into records.
type importer struct {
	keeper  *token.Keeper
	collect capture.Collector
	creator creator
	entries int

	conns    map[string]int64 // connection ids of the archive
	lastConn int64
	used     map[int64]int64 // exchanges of a connection

	first, last                                 capture.Instant
	unreadable, sockets, endless, http2, silent int
}

func newImporter(k *token.Keeper) *importer {
	return &importer{keeper: k, conns: map[string]int64{}, used: map[int64]int64{}}
}

func (im *importer) entry(e *entry) {
	socket := e.isSocket()
	if !socket && !strings.EqualFold(e.Request.Method, "POST") {
		return
	}
	u, err := url.Parse(e.Request.URL)
	at, timeErr := time.Parse(time.RFC3339Nano, e.Started)
	if err != nil || timeErr != nil || u.Host == "" || at.Year() < 1971 || at.Year() > 2200 {
		if socket {
			im.unreadable++
		}
		return
	}
	m := moments(capture.At(at), e.Timings)
	if socket {
		im.upgrade(e, u, m)
	} else {
		im.grant(e, u, m)
	}
}

func (e *entry) isSocket() bool {
	if e.ResourceType == "websocket" || e.Messages != nil || e.Close != nil ||
		strings.HasPrefix(e.Request.URL, "ws://") || strings.HasPrefix(e.Request.URL, "wss://") {
		return true
	}
	return strings.Contains(strings.ToLower(get(e.Request.Headers, "Upgrade")), "websocket")
}

// get returns the value of the first field with that name.
func get(headers []pair, name string) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// number gives an entry its connection and exchange: those that share a connection
// in the archive share it in the run.
func (im *importer) number(e *entry) (conn, exchange int64) {
	id := e.Connection
	conn, shared := im.conns[id]
	if id == "" || !shared {
		im.lastConn++
		conn = im.lastConn
		if id != "" {
			im.conns[id] = conn
		}
	}
	im.used[conn]++
	return conn, im.used[conn]
}

// seen widens the recording.
func (im *importer) seen(at ...capture.Instant) {
	for _, i := range at {
		if i.Seen() && (im.first == 0 || i < im.first) {
			im.first = i
		}
		im.last = max(im.last, i)
	}
}

// clock notes the Date field of an answer (RFC 9110 §6.6.1).
func (im *importer) clock(e *entry, sent, received capture.Instant, authority string) {
	date, err := time.Parse(time.RFC1123, get(e.Response.Headers, "Date"))
	if err == nil && sent.Seen() && received.Seen() {
		im.collect.Put(capture.ClockSample{Sent: sent, Received: received, Date: capture.At(date), Authority: authority})
	}
}

func (im *importer) run(meta capture.Meta) *capture.Run {
	meta.Started, meta.Ended = im.first, im.last
	note := func(format string, a ...any) {
		im.collect.Put(capture.Note{At: im.last, Text: fmt.Sprintf(format, a...)})
	}
	name := strings.TrimSpace(im.creator.Name + " " + im.creator.Version)
	if name == "" {
		name = "an unnamed tool"
	}
	note("Imported from an HTTP Archive of %s: %d entries, %d of them upgrades. Times are those of the archive, client addresses are not in it.",
		im.keeper.MaskText(name), im.entries, im.sockets)
	if im.endless > 0 {
		note("The archive does not say when %d sockets ended; they count as open to its end.", im.endless)
	}
	if im.silent > 0 {
		note("%d upgrades have no status in the archive. Some tools write none for upgrades that were refused, so these may be refusals.", im.silent)
	}
	if im.unreadable > 0 {
		note("%d upgrades were left out: their time or URL cannot be read.", im.unreadable)
	}
	if im.http2 > 0 {
		note("%d upgrades came over HTTP/2 or HTTP/3 (RFC 8441); their heads are shown as HTTP/1.1 would have them.", im.http2)
	}
	return im.collect.Run(meta)
}

// authority is host and port of a URL, the default port made explicit.
func authority(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if secure(u.Scheme) {
		return u.Host + ":443"
	}
	return u.Host + ":80"
}

func secure(scheme string) bool { return scheme == "wss" || scheme == "https" }

// server is the address that answered, if the archive has it.
func server(ip string, u *url.URL) netip.AddrPort {
	addr, err := netip.ParseAddr(strings.Trim(ip, "[]"))
	if err != nil {
		return netip.AddrPort{}
	}
	port, err := netip.ParseAddrPort("0.0.0.0:" + authority(u)[strings.LastIndexByte(authority(u), ':')+1:])
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr, port.Port())
}
