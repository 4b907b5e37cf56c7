package sim

import (
	"net/http"
	"time"
)

// GatewayOptions says how a gateway behaves. The zero value is a TLS gateway on
// a free loopback port that admits everyone.
type GatewayOptions struct {
	Addr      string   // host:port to listen on, default "127.0.0.1:0"
	Plain     bool     // ws and http instead of wss and https
	Names     []string // names and addresses in the certificate besides localhost and loopback
	Path      string   // of the WebSocket endpoint, default "/ws"
	TokenPath string   // of the token endpoint, default "/oauth/token"

	// What the admission goes by. Zero switches a rule off.

	Cap           int           // sockets open at once, all together
	CapPerToken   int           // sockets open at once with one token; those without a token are not counted
	CapPerClient  int           // sockets open at once with tokens of one client id
	CapGrowth     float64       // by how many places Cap grows per second, from the first upgrade on
	Linger        time.Duration // how long a closed socket still holds its slot
	Leak          float64       // probability that a closed socket's slot is never given back, 0 to 1
	RatePerSecond float64       // upgrades let through per second, all together
	Burst         int           // upgrades let through at once under RatePerSecond, default 1
	Quota         int           // upgrades let through in each QuotaWindow, all together
	QuotaWindow   time.Duration // windows begin at its multiples since year 1; default 1 min
	BanOver       int           // ban an address that sends more upgrades than this within BanWindow
	BanWindow     time.Duration // see BanOver; default 1 s
	BanFor        time.Duration // see BanOver; default 10 s
	Validations   float64       // tokens validated per second, one after the other
	ValidateWait  time.Duration // refuse, after this long, who would wait longer for Validations; default 1 s
	OutageAfter   time.Duration // refuse everything for OutageFor, from this long after the first upgrade
	OutageFor     time.Duration // see OutageAfter
	RequireToken  bool          // refuse upgrades without a token, or with one not issued here
	CheckExpiry   bool          // refuse tokens from exp + Leeway on, and before nbf - Leeway
	Leeway        time.Duration // see CheckExpiry
	MaxTokenAge   time.Duration // refuse tokens issued this long ago, whatever their exp
	MaxTokenUses  int           // upgrades let through with one token
	RequireScope  string        // refuse tokens without this scope; opaque tokens have none
	EveryNth      int           // refuse every n-th upgrade
	ErrorRate     float64       // probability of refusing for no reason, 0 to 1
	Seed          uint64        // of ErrorRate and Jitter: the k-th decision has the k-th number

	// How it answers.

	Refusal       Refusal
	InBand        *InBand       // answer 101 and end the socket, instead of Refusal
	AcceptLatency time.Duration // from decision to 101
	Jitter        time.Duration // up to this much more latency, uniform, for 101 and refusals
	MaxSocketLife time.Duration // end sockets with 1001 after this long, 0 never
	ClockOffset   time.Duration // the gateway's clock less the issuer's: Date of refusals and 101, token checks

	TokenLife time.Duration // exp - iat, whole seconds for a JWT, default 1 h
	Issuer    IssuerOptions
}

// Refusal is the answer to an upgrade that is not admitted.
type Refusal struct {
	Status      int           // default 403
	Body        string        // default `{"error":"forbidden"}`; see NoBody
	NoBody      bool          // send an empty body
	ContentType string        // default "application/json"
	Header      http.Header   // more header fields; they replace Server and Date
	Latency     time.Duration // from decision to answer
	Drop        bool          // close the connection instead of answering
}

// InBand is a refusal after the upgrade: 101, a text message, a Close frame.
type InBand struct {
	Code    int    // close code (RFC 6455 §7.4), default 1013
	Reason  string // of the Close frame, at most 123 bytes
	Message string // text sent before the Close frame, "" for none
}

// TokenFormat is the kind of token that the issuer hands out.
type TokenFormat string

const (
	HS256  TokenFormat = "HS256"  // a JWT signed with a shared secret, the default
	RS256  TokenFormat = "RS256"  // a JWT signed with an RSA key of 2048 bits
	Opaque TokenFormat = "opaque" // random text that only the issuer understands
)

// IssuerOptions says how the token endpoint behaves. The zero value gives HS256
// tokens at once to any client.
type IssuerOptions struct {
	Format        TokenFormat
	Secret        []byte        // signing key of HS256, default random
	ClientID      string        // the only client known, "" for any
	ClientSecret  string        // its secret; checked only with ClientID
	Scope         string        // scopes that may be granted, "" for any
	Audience      string        // aud claim, default "gateway"
	Organisation  string        // org_id claim, default "org-1"
	Latency       time.Duration // from request to answer
	RatePerSecond float64       // requests answered per second, beyond it 429; 0 no limit
	Burst         int           // requests answered at once under RatePerSecond, default 1

	// OnIssue, if not nil, is called with each token before it is sent. It must be
	// safe for concurrent use.
	OnIssue func(token string)
}

func (o GatewayOptions) withDefaults() GatewayOptions {
	setDefault(&o.Addr, "127.0.0.1:0")
	setDefault(&o.Path, "/ws")
	setDefault(&o.TokenPath, "/oauth/token")
	setDefault(&o.TokenLife, time.Hour)
	setDefault(&o.QuotaWindow, time.Minute)
	setDefault(&o.BanWindow, time.Second)
	setDefault(&o.BanFor, 10*time.Second)
	setDefault(&o.ValidateWait, time.Second)
	setDefault(&o.Refusal.Status, http.StatusForbidden)
	setDefault(&o.Refusal.ContentType, "application/json")
	if !o.Refusal.NoBody {
		setDefault(&o.Refusal.Body, `{"error":"forbidden"}`)
	}
	if o.InBand != nil {
		inBand := *o.InBand
		setDefault(&inBand.Code, 1013)
		o.InBand = &inBand
	}
	setDefault(&o.Issuer.Format, HS256)
	setDefault(&o.Issuer.Audience, "gateway")
	setDefault(&o.Issuer.Organisation, "org-1")
	return o
}

// setDefault sets *v to def if it is zero.
func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
