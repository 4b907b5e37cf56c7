package runfile

import (
	"database/sql/driver"
	"net/netip"
	"slices"

	"why403/capture"
)

type upgrade = capture.Upgrade

// upgrades holds one row per attempt. Heads and bodies come last: SQLite reads the
// columns before them without touching the pages that they fill.
var upgrades = table[upgrade]{
	name: "upgrades", key: "conn, exchange", insert: upsert, share: shareLegs,
	columns: slices.Concat(attemptColumns, phaseColumns, socketColumns, frameColumns, legColumns, textColumns),
}

var attemptColumns = []column[upgrade]{
	integer("conn", func(u *upgrade) *int64 { return &u.Conn }),
	integer("exchange", func(u *upgrade) *int64 { return &u.Exchange }),
	integer("status", func(u *upgrade) *int { return &u.Status }),
	text("outcome", func(u *upgrade) *capture.Outcome { return &u.Outcome }),
	text("failure", func(u *upgrade) *string { return &u.Failure }),
	text("scheme", func(u *upgrade) *string { return &u.Scheme }),
	text("authority", func(u *upgrade) *string { return &u.Authority }),
	text("host", func(u *upgrade) *string { return &u.Host }),
	text("target", func(u *upgrade) *string { return &u.Target }),
	derived("token", "TEXT", func(u *upgrade) driver.Value {
		if t := u.Token(); t != "" {
			return string(t)
		}
		return nil
	}),
	list("credentials", func(u *upgrade) *[]capture.Credential { return &u.Credentials }),
	address("client", func(u *upgrade) *netip.AddrPort { return &u.Client }),
	address("source", func(u *upgrade) *netip.AddrPort { return &u.Source }),
	address("server", func(u *upgrade) *netip.AddrPort { return &u.Server }),
	integer("body_bytes", func(u *upgrade) *int64 { return &u.BodyBytes }),
}

var phaseColumns = []column[upgrade]{
	instant("accepted", func(u *upgrade) *capture.Instant { return &u.Phases.Accepted }),
	instant("connect_read", func(u *upgrade) *capture.Instant { return &u.Phases.ConnectRead }),
	instant("connect_answered", func(u *upgrade) *capture.Instant { return &u.Phases.ConnectAnswered }),
	instant("client_hello", func(u *upgrade) *capture.Instant { return &u.Phases.ClientHello }),
	instant("client_secured", func(u *upgrade) *capture.Instant { return &u.Phases.ClientSecured }),
	instant("request_read", func(u *upgrade) *capture.Instant { return &u.Phases.RequestRead }),
	instant("resolve_start", func(u *upgrade) *capture.Instant { return &u.Phases.ResolveStart }),
	instant("resolved", func(u *upgrade) *capture.Instant { return &u.Phases.Resolved }),
	instant("dialed", func(u *upgrade) *capture.Instant { return &u.Phases.Dialed }),
	instant("secured", func(u *upgrade) *capture.Instant { return &u.Phases.Secured }),
	instant("request_sent", func(u *upgrade) *capture.Instant { return &u.Phases.RequestSent }),
	instant("response_first", func(u *upgrade) *capture.Instant { return &u.Phases.ResponseFirst }),
	instant("response_head_end", func(u *upgrade) *capture.Instant { return &u.Phases.ResponseHead }),
	instant("response_end", func(u *upgrade) *capture.Instant { return &u.Phases.ResponseEnd }),
	instant("relayed", func(u *upgrade) *capture.Instant { return &u.Phases.Relayed }),
}

var socketColumns = []column[upgrade]{
	instant("opened", func(u *upgrade) *capture.Instant { return &u.Socket.Opened }),
	instant("closing", func(u *upgrade) *capture.Instant { return &u.Socket.Closing }),
	instant("closed", func(u *upgrade) *capture.Instant { return &u.Socket.Closed }),
	text("ended_by", func(u *upgrade) *capture.Side { return &u.Socket.EndedBy }),
	text("how", func(u *upgrade) *capture.Ending { return &u.Socket.How }),
	integer("close_code", func(u *upgrade) *int { return &u.Socket.CloseCode }),
	text("close_reason", func(u *upgrade) *string { return &u.Socket.CloseReason }),
}

var textColumns = []column[upgrade]{
	list("edits", func(u *upgrade) *[]string { return &u.Edits }),
	list("oddities", func(u *upgrade) *[]string { return &u.Oddities }),
	text("server_first", func(u *upgrade) *string { return &u.Socket.ServerFirst }),
	head("request_head", func(u *upgrade) *capture.KeptHead { return &u.RequestHead }),
	head("response_head", func(u *upgrade) *capture.KeptHead { return &u.ResponseHead }),
	blob("body", func(u *upgrade) *[]byte { return &u.Body }),
}

var legColumns = slices.Concat(
	tlsColumns("client_tls", func(u *upgrade) **capture.TLS { return &u.ClientTLS }),
	tlsColumns("server_tls", func(u *upgrade) **capture.TLS { return &u.ServerTLS }),
)

func shareLegs(u *upgrade, keep *kept) {
	u.ClientTLS, u.ServerTLS = keep.facts(u.ClientTLS), keep.facts(u.ServerTLS)
}

// tlsColumns are the facts of one leg, all NULL if it was plain or not seen.
func tlsColumns(leg string, of func(*upgrade) **capture.TLS) []column[upgrade] {
	facts := []column[capture.TLS]{
		text(leg, func(t *capture.TLS) *string { return &t.Version }),
		text(leg+"_cipher", func(t *capture.TLS) *string { return &t.Cipher }),
		text(leg+"_alpn", func(t *capture.TLS) *string { return &t.ALPN }),
		text(leg+"_sni", func(t *capture.TLS) *string { return &t.SNI }),
		text(leg+"_ja3", func(t *capture.TLS) *string { return &t.JA3 }),
		text(leg+"_ja4", func(t *capture.TLS) *string { return &t.JA4 }),
		boolean(leg+"_resumed", func(t *capture.TLS) *bool { return &t.Resumed }),
	}
	columns := make([]column[upgrade], len(facts))
	for i, c := range facts {
		columns[i] = inTLS(c, of)
	}
	return columns
}

// inTLS lifts a column of TLS facts to the attempt; a value that is not NULL makes
// the facts exist.
func inTLS(c column[capture.TLS], of func(*upgrade) **capture.TLS) column[upgrade] {
	return column[upgrade]{
		name: c.name, kind: c.kind,
		get: func(u *upgrade) driver.Value {
			if t := *of(u); t != nil {
				return c.get(t)
			}
			return nil
		},
		set: func(u *upgrade, v driver.Value, keep *kept) error {
			t := of(u)
			if *t == nil {
				*t = new(capture.TLS)
			}
			return c.set(*t, v, keep)
		},
	}
}
