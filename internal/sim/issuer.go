package sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// maxOpaque bounds the opaque tokens that an issuer remembers.
const maxOpaque = 1 << 20

// errFull is returned once an issuer remembers maxOpaque tokens.
var errFull = errors.New("too many tokens issued")

// claims are those of RFC 7519 §4.1 and what authorization servers commonly add.
type claims struct {
	ClientID     string `json:"client_id"`
	Scope        string `json:"scope"`
	Organisation string `json:"org_id"`
	jwt.RegisteredClaims
}

// issuer makes tokens and recognises its own. It is safe for concurrent use.
type issuer struct {
	opt     IssuerOptions
	name    string // iss claim
	life    time.Duration
	method  jwt.SigningMethod // nil for opaque tokens
	signing any
	check   any

	mu     sync.Mutex
	opaque map[string]Bearer // by keyOf
	rate   bucket
	counts TokenCounts
}

// TokenCounts is what a token endpoint has answered so far.
type TokenCounts struct {
	Issued int            `json:"issued"`
	Errors map[string]int `json:"errors"` // by the error code of RFC 6749 §5.2, or "too_many_requests"
}

func newIssuer(name string, opt IssuerOptions, life time.Duration) (*issuer, error) {
	i := &issuer{
		opt: opt, name: name, life: life,
		opaque: map[string]Bearer{},
		rate:   bucket{perSecond: opt.RatePerSecond, burst: opt.Burst},
		counts: TokenCounts{Errors: map[string]int{}},
	}
	switch opt.Format {
	case HS256:
		secret := opt.Secret
		if secret == nil {
			secret = make([]byte, 32)
			rand.Read(secret) // never fails
		}
		i.method, i.signing, i.check = jwt.SigningMethodHS256, secret, secret
	case RS256:
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("generate key: %w", err)
		}
		i.method, i.signing, i.check = jwt.SigningMethodRS256, key, &key.PublicKey
	case Opaque:
	default:
		return nil, fmt.Errorf("unknown token format %q", opt.Format)
	}
	return i, nil
}

// issue makes a token for a client that asked for scope.
func (i *issuer) issue(now time.Time, clientID, scope string) (string, error) {
	if i.method == nil {
		return i.issueOpaque(now)
	}
	c := claims{
		ClientID: clientID, Scope: scope, Organisation: i.opt.Organisation,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: i.name, Subject: clientID, Audience: jwt.ClaimStrings{i.opt.Audience},
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(jwt.NewNumericDate(now).Add(i.life)),
			ID:        rand.Text(),
		},
	}
	return jwt.NewWithClaims(i.method, c).SignedString(i.signing)
}

func (i *issuer) issueOpaque(now time.Time) (string, error) {
	token := rand.Text() + rand.Text()
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.opaque) >= maxOpaque {
		return "", errFull
	}
	key := keyOf(token)
	i.opaque[key] = Bearer{Key: key, Known: true, IssuedAt: now, NotBefore: now, ExpiresAt: now.Add(i.life)}
	return token, nil
}

// identify says what is known of a token that came with an upgrade. It checks
// the signature and leaves the times to [Admission].
func (i *issuer) identify(token string) Bearer {
	if token == "" {
		return Bearer{}
	}
	key := keyOf(token)
	if i.method == nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		if b, ok := i.opaque[key]; ok {
			return b
		}
		return Bearer{Key: key}
	}
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return i.check, nil },
		jwt.WithValidMethods([]string{i.method.Alg()}), jwt.WithoutClaimsValidation())
	if err != nil || c.IssuedAt == nil || c.NotBefore == nil || c.ExpiresAt == nil {
		return Bearer{Key: key}
	}
	return Bearer{
		Key: key, Known: true, IssuedAt: c.IssuedAt.Time, NotBefore: c.NotBefore.Time, ExpiresAt: c.ExpiresAt.Time,
		Client: c.ClientID, Scope: c.Scope,
	}
}

// keyOf stands for a token where it must be told from others.
func keyOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:12])
}

func (i *issuer) stats() TokenCounts {
	i.mu.Lock()
	defer i.mu.Unlock()
	c := i.counts
	c.Errors = maps.Clone(c.Errors)
	return c
}
