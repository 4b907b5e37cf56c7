package export

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"why403/analysis/covariate"
	"why403/capture"
)

// Row is one attempt. A field that is absent, or null in Parquet, was not seen.
// Times are UTC, spans seconds.
type Row struct {
	Run      string `json:"run" parquet:"run,dict"`
	Conn     int64  `json:"conn" parquet:"conn"`
	Exchange int64  `json:"exchange" parquet:"exchange"`

	Sent     time.Time `json:"sent,omitzero" parquet:"sent,optional,timestamp(microsecond)"`
	Answered time.Time `json:"answered,omitzero" parquet:"answered,optional,timestamp(microsecond)"`
	Opened   time.Time `json:"opened,omitzero" parquet:"opened,optional,timestamp(microsecond)"`
	Closed   time.Time `json:"closed,omitzero" parquet:"closed,optional,timestamp(microsecond)"`
	WaitS    *float64  `json:"wait_s,omitempty" parquet:"wait_s,optional"`
	OpenS    *float64  `json:"open_s,omitempty" parquet:"open_s,optional"`

	Outcome string `json:"outcome" parquet:"outcome,dict"`
	Status  int32  `json:"status,omitempty" parquet:"status,optional"`
	Refused bool   `json:"refused" parquet:"refused"`
	InBand  bool   `json:"in_band" parquet:"in_band"`
	Failure string `json:"failure,omitempty" parquet:"failure,optional,dict"`

	OpenSockets *int32   `json:"open_sockets,omitempty" parquet:"open_sockets,optional"`
	TokenAgeS   *float64 `json:"token_age_s,omitempty" parquet:"token_age_s,optional"`
	TokenLeftS  *float64 `json:"token_left_s,omitempty" parquet:"token_left_s,optional"`
	TokenUses   *int32   `json:"token_uses,omitempty" parquet:"token_uses,optional"`

	Token        string `json:"token,omitempty" parquet:"token,optional,dict"`
	TokenKind    string `json:"token_kind,omitempty" parquet:"token_kind,optional,dict"`
	TokenPlace   string `json:"token_place,omitempty" parquet:"token_place,optional,dict"`
	Issuer       string `json:"issuer,omitempty" parquet:"issuer,optional,dict"`
	Subject      string `json:"subject,omitempty" parquet:"subject,optional,dict"`
	ClientID     string `json:"client_id,omitempty" parquet:"client_id,optional,dict"`
	Organisation string `json:"organisation,omitempty" parquet:"organisation,optional,dict"`
	Audience     string `json:"audience,omitempty" parquet:"audience,optional,dict"`
	Scopes       string `json:"scopes,omitempty" parquet:"scopes,optional,dict"`

	Client    string `json:"client,omitempty" parquet:"client,optional"`
	Source    string `json:"source,omitempty" parquet:"source,optional"`
	Server    string `json:"server,omitempty" parquet:"server,optional,dict"`
	Scheme    string `json:"scheme" parquet:"scheme,dict"`
	Authority string `json:"authority" parquet:"authority,dict"`
	Host      string `json:"host" parquet:"host,dict"`
	Target    string `json:"target" parquet:"target,dict"`

	CloseCode   int32  `json:"close_code,omitempty" parquet:"close_code,optional"`
	CloseReason string `json:"close_reason,omitempty" parquet:"close_reason,optional,dict"`
	EndedBy     string `json:"ended_by,omitempty" parquet:"ended_by,optional,dict"`
	Ending      string `json:"ending,omitempty" parquet:"ending,optional,dict"`
	FramesSent  int64  `json:"frames_sent" parquet:"frames_sent"`
	FramesRecvd int64  `json:"frames_received" parquet:"frames_received"`
	BytesSent   int64  `json:"bytes_sent" parquet:"bytes_sent"`
	BytesRecvd  int64  `json:"bytes_received" parquet:"bytes_received"`

	ServerField   string `json:"response_server,omitempty" parquet:"response_server,optional,dict"`
	BodyStart     string `json:"body_start,omitempty" parquet:"body_start,optional,dict"`
	BodyBytes     int64  `json:"body_bytes" parquet:"body_bytes"`
	JMeterThread  string `json:"jmeter_thread,omitempty" parquet:"jmeter_thread,optional,dict"`
	JMeterSampler string `json:"jmeter_sampler,omitempty" parquet:"jmeter_sampler,optional,dict"`
	JMeterAttempt string `json:"jmeter_attempt,omitempty" parquet:"jmeter_attempt,optional"`
}

// bodyStart is how many bytes of a refusal's body a row holds.
const bodyStart = 200

// Rows returns the attempts of a run in its order.
func Rows(run *capture.Run) []Row {
	table := covariate.Build(run)
	open := table.OpenNow()
	decided := make(map[*capture.Upgrade]int, len(table.Attempts))
	for i := range table.Attempts {
		decided[table.Attempts[i].Upgrade] = i
	}
	rows := make([]Row, 0, len(run.Upgrades))
	for _, u := range run.Upgrades {
		r := observed(run, u)
		if i, ok := decided[u]; ok {
			r.derive(&table.Attempts[i], open[i])
		}
		rows = append(rows, r)
	}
	return rows
}

// observed is what the record itself holds.
func observed(run *capture.Run, u *capture.Upgrade) Row {
	s := &u.Socket
	frames := s.Counted()
	r := Row{
		Run: text(run.ID), Conn: u.Conn, Exchange: u.Exchange,
		Sent: u.Phases.RequestSent.Time(), Answered: u.Phases.ResponseFirst.Time(), Opened: s.Opened.Time(), Closed: s.Closed.Time(),
		WaitS: between(u.Phases.RequestSent, u.Phases.ResponseFirst), OpenS: between(s.Opened, s.Closed),
		Outcome: text(string(u.Outcome)), Status: int32(u.Status), Refused: u.Outcome == capture.Refused, Failure: text(u.Failure),
		Client: address(u.Client), Source: address(u.Source), Server: address(u.Server),
		Scheme: text(u.Scheme), Authority: text(u.Authority), Host: text(u.Host), Target: text(u.Target),
		CloseCode: int32(s.CloseCode), CloseReason: text(s.CloseReason), EndedBy: text(string(s.EndedBy)), Ending: text(string(s.How)),
		FramesSent: frames.FromClient.Frames, FramesRecvd: frames.FromServer.Frames,
		BytesSent: frames.FromClient.Bytes, BytesRecvd: frames.FromServer.Bytes,
		BodyStart: text(string(u.Body[:min(len(u.Body), bodyStart)])), BodyBytes: u.BodyBytes,
		JMeterThread: field(u.RequestHead, "X-JMeter-Thread"), JMeterSampler: field(u.RequestHead, "X-JMeter-Sampler"),
		JMeterAttempt: field(u.RequestHead, "X-JMeter-Attempt"), ServerField: field(u.ResponseHead, "Server"),
	}
	if t, known := run.Tokens[u.Token()]; known {
		r.Token, r.TokenKind, r.TokenPlace = string(t.Fingerprint), string(t.Kind), text(u.Credentials[0].Place)
		r.Issuer, r.Subject, r.ClientID, r.Organisation = text(t.Issuer), text(t.Subject), text(t.ClientID), text(t.Organisation)
		r.Audience, r.Scopes = text(strings.Join(t.Audience, " ")), text(strings.Join(t.Scopes, " "))
	}
	return r
}

// derive adds what the pass over the whole run knows of an attempt.
func (r *Row) derive(a *covariate.Attempt, open int32) {
	r.Refused, r.InBand, r.OpenSockets = a.Refused, a.InBand != 0, &open
	if a.Token == nil {
		return
	}
	r.TokenUses = &a.Uses
	if r.ClientID == "" {
		r.ClientID = text(a.Token.Client)
	}
	if a.Token.Issued.Seen() {
		age := a.Age.Seconds()
		r.TokenAgeS = &age
	}
	if a.Token.Expires.Seen() {
		left := a.Left.Seconds()
		r.TokenLeftS = &left
	}
}

func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func between(from, to capture.Instant) *float64 {
	d, seen := capture.Since(from, to)
	if !seen {
		return nil
	}
	s := d.Seconds()
	return &s
}

// text is s as valid UTF-8: both formats hold nothing else.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

func field(h capture.KeptHead, name string) string {
	v, _ := h.Get(name)
	return text(v)
}
