package runfile

import "fmt"

const (
	// applicationID marks a run file (the SQLite header's bytes 68 to 71): "W403".
	applicationID = 0x57343033
	// version is that of the schema (user_version). A reader takes its own only;
	// whoever changes a table counts it up and teaches Open the older one.
	version = 1
)

// tableSQL makes the tables, by name.
var tableSQL = map[string]string{
	meta.name:          meta.createSQL(),
	upgrades.name:      upgrades.createSQL(),
	tokens.name:        tokens.createSQL(),
	tokenRequests.name: tokenRequests.createSQL(),
	clockSamples.name:  clockSamples.createSQL(),
	losses.name:        losses.createSQL(),
	notes.name:         notes.createSQL(),
}

// createSchema makes everything that a run file has, in one transaction.
func createSchema(db *database) error {
	script := fmt.Sprintf("BEGIN; PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)
	for _, sql := range tableSQL {
		script += sql + ";"
	}
	for _, sql := range views {
		script += sql + ";"
	}
	return db.exec(script + "COMMIT")
}

// The views are for people in a SQLite shell; nothing here reads them. They keep
// to what SQLite 3.25 understands, because one that a shell cannot parse would
// keep it from the whole file.
var views = []string{
	attemptsView,
	`CREATE VIEW refusals AS
SELECT a.*, u.response_head, CAST(u.body AS TEXT) AS body
FROM attempts a JOIN upgrades u USING (conn, exchange)
WHERE a.outcome = 'refused'`,
	`CREATE VIEW early_ends AS
SELECT a.*, u.server_first FROM attempts a JOIN upgrades u USING (conn, exchange)
WHERE a.outcome = 'accepted' AND a.ended_by = 'gateway' AND a.open_s < 5`,
	`CREATE VIEW credentials AS
SELECT u.conn, u.exchange, json_extract(c.value, '$.Token') AS token,
  json_extract(c.value, '$.Place') AS place, json_extract(c.value, '$.Scheme') AS scheme
FROM upgrades u, json_each(u.credentials) c`,
	`CREATE VIEW token_uses AS
SELECT t.fingerprint AS token, t.kind, t.issuer, t.subject, t.client_id,
  count(u.conn) AS attempts,
  count(CASE WHEN u.outcome = 'accepted' THEN 1 END) AS accepted,
  count(CASE WHEN u.outcome = 'refused' THEN 1 END) AS refused,
  strftime('%Y-%m-%d %H:%M:%f', min(u.request_sent_ns) / 1e9, 'unixepoch') AS first_use,
  strftime('%Y-%m-%d %H:%M:%f', max(u.request_sent_ns) / 1e9, 'unixepoch') AS last_use,
  strftime('%Y-%m-%d %H:%M:%S', t.expires_ns / 1e9, 'unixepoch') AS expires
FROM tokens t LEFT JOIN upgrades u ON u.token = t.fingerprint
GROUP BY t.fingerprint`,
	`CREATE VIEW token_answers AS
SELECT strftime('%Y-%m-%d %H:%M:%f', sent_ns / 1e9, 'unixepoch') AS sent,
  status, error, url, grant_type, client_id, scope, token,
  expires_in_ns / 1e9 AS expires_in_s,
  (answered_ns - sent_ns) / 1e6 AS answer_ms, (done_ns - sent_ns) / 1e6 AS total_ms
FROM token_requests ORDER BY sent_ns`,
}

// attemptsView has what people look at first, with readable times.
const attemptsView = `CREATE VIEW attempts AS
SELECT u.conn, u.exchange,
  strftime('%Y-%m-%d %H:%M:%f', u.request_sent_ns / 1e9, 'unixepoch') AS sent,
  (u.request_sent_ns - r.started_ns) / 1e9 AS since_start_s,
  u.status, u.outcome, u.failure, u.authority, u.host, u.target, u.client, u.source, u.server,
  (u.resolved_ns - u.resolve_start_ns) / 1e6 AS resolve_ms,
  (u.dialed_ns - u.resolved_ns) / 1e6 AS dial_ms,
  (u.secured_ns - u.dialed_ns) / 1e6 AS tls_ms,
  (u.response_first_ns - u.request_sent_ns) / 1e6 AS answer_ms,
  (u.relayed_ns - u.accepted_ns) / 1e6 AS total_ms,
  (u.closed_ns - u.opened_ns) / 1e9 AS open_s,
  u.ended_by, u.how, u.close_code, u.close_reason,
  u.client_frames, u.client_bytes, u.server_frames, u.server_bytes,
  u.token, t.kind AS token_kind, t.issuer, t.subject, t.client_id, t.organisation, t.scopes,
  (u.request_sent_ns - t.issued_ns) / 1e9 AS token_age_s,
  (t.expires_ns - u.request_sent_ns) / 1e9 AS token_left_s
FROM upgrades u CROSS JOIN run r LEFT JOIN tokens t ON t.fingerprint = u.token
ORDER BY u.request_sent_ns`
