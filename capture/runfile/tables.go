package runfile

import (
	"net/netip"
	"time"

	"why403/capture"
)

// meta is the table with the run's one row.
var meta = table[capture.Meta]{
	name: "run", insert: "INSERT",
	columns: []column[capture.Meta]{
		text("id", func(m *capture.Meta) *string { return &m.ID }),
		text("source", func(m *capture.Meta) *string { return &m.Source }),
		text("version", func(m *capture.Meta) *string { return &m.Version }),
		list("command", func(m *capture.Meta) *[]string { return &m.Command }),
		text("host", func(m *capture.Meta) *string { return &m.Host }),
		instant("started", func(m *capture.Meta) *capture.Instant { return &m.Started }),
		instant("ended", func(m *capture.Meta) *capture.Instant { return &m.Ended }),
	},
}

// tokens holds one row per token, the first that was emitted.
var tokens = table[capture.Token]{
	name: "tokens", key: "fingerprint", insert: "INSERT OR IGNORE",
	columns: []column[capture.Token]{
		text("fingerprint", func(t *capture.Token) *capture.Fingerprint { return &t.Fingerprint }),
		text("kind", func(t *capture.Token) *capture.TokenKind { return &t.Kind }),
		integer("length", func(t *capture.Token) *int { return &t.Length }),
		instant("seen", func(t *capture.Token) *capture.Instant { return &t.Seen }),
		text("placeholder", func(t *capture.Token) *string { return &t.Placeholder }),
		text("algorithm", func(t *capture.Token) *string { return &t.Algorithm }),
		text("key_id", func(t *capture.Token) *string { return &t.KeyID }),
		text("issuer", func(t *capture.Token) *string { return &t.Issuer }),
		text("subject", func(t *capture.Token) *string { return &t.Subject }),
		text("client_id", func(t *capture.Token) *string { return &t.ClientID }),
		text("organisation", func(t *capture.Token) *string { return &t.Organisation }),
		list("audience", func(t *capture.Token) *[]string { return &t.Audience }),
		list("scopes", func(t *capture.Token) *[]string { return &t.Scopes }),
		instant("issued", func(t *capture.Token) *capture.Instant { return &t.IssuedAt }),
		instant("not_before", func(t *capture.Token) *capture.Instant { return &t.NotBefore }),
		instant("expires", func(t *capture.Token) *capture.Instant { return &t.ExpiresAt }),
		text("claims", func(t *capture.Token) *string { return &t.Claims }),
	},
}

var tokenRequests = table[capture.TokenRequest]{
	name: "token_requests", insert: "INSERT",
	columns: []column[capture.TokenRequest]{
		integer("conn", func(r *capture.TokenRequest) *int64 { return &r.Conn }),
		integer("exchange", func(r *capture.TokenRequest) *int64 { return &r.Exchange }),
		integer("status", func(r *capture.TokenRequest) *int { return &r.Status }),
		text("error", func(r *capture.TokenRequest) *string { return &r.Error }),
		text("url", func(r *capture.TokenRequest) *string { return &r.URL }),
		text("grant_type", func(r *capture.TokenRequest) *string { return &r.GrantType }),
		text("client_id", func(r *capture.TokenRequest) *string { return &r.ClientID }),
		text("scope", func(r *capture.TokenRequest) *string { return &r.Scope }),
		text("token", func(r *capture.TokenRequest) *capture.Fingerprint { return &r.Issued }),
		integer("expires_in_ns", func(r *capture.TokenRequest) *time.Duration { return &r.ExpiresIn }),
		instant("sent", func(r *capture.TokenRequest) *capture.Instant { return &r.Sent }),
		instant("answered", func(r *capture.TokenRequest) *capture.Instant { return &r.Answered }),
		instant("done", func(r *capture.TokenRequest) *capture.Instant { return &r.Done }),
		address("client", func(r *capture.TokenRequest) *netip.AddrPort { return &r.Client }),
		address("server", func(r *capture.TokenRequest) *netip.AddrPort { return &r.Server }),
		text("response_head", func(r *capture.TokenRequest) *capture.Head { return &r.ResponseHead }),
	},
}

var clockSamples = table[capture.ClockSample]{
	name: "clock_samples", insert: "INSERT",
	columns: []column[capture.ClockSample]{
		text("authority", func(c *capture.ClockSample) *string { return &c.Authority }),
		instant("sent", func(c *capture.ClockSample) *capture.Instant { return &c.Sent }),
		instant("received", func(c *capture.ClockSample) *capture.Instant { return &c.Received }),
		instant("date", func(c *capture.ClockSample) *capture.Instant { return &c.Date }),
	},
}

var losses = table[capture.Loss]{
	name: "losses", insert: "INSERT",
	columns: []column[capture.Loss]{
		instant("at", func(l *capture.Loss) *capture.Instant { return &l.At }),
		text("kind", func(l *capture.Loss) *capture.LossKind { return &l.Kind }),
		integer("count", func(l *capture.Loss) *int64 { return &l.Count }),
		text("detail", func(l *capture.Loss) *string { return &l.Detail }),
	},
}

var notes = table[capture.Note]{
	name: "notes", insert: "INSERT",
	columns: []column[capture.Note]{
		instant("at", func(n *capture.Note) *capture.Instant { return &n.At }),
		text("note", func(n *capture.Note) *string { return &n.Text }),
	},
}
