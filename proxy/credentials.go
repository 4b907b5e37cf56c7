package proxy

import (
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"why403/capture/http1"
)

// admits reports whether credentials are those that clients need, if they need any.
func (p *Proxy) admits(credentials string) bool {
	return p.opt.Credentials == "" ||
		subtle.ConstantTimeCompare([]byte(credentials), []byte(p.opt.Credentials)) == 1
}

// admitsField reports whether a request is to be served, by the value of its
// Proxy-Authorization field (RFC 7617, RFC 9110 §11.7.1).
func (p *Proxy) admitsField(value string) bool {
	if p.opt.Credentials == "" {
		return true
	}
	scheme, encoded, _ := strings.Cut(value, " ")
	credentials, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	return err == nil && strings.EqualFold(scheme, "Basic") && p.admits(string(credentials))
}

// proxyAuthorization is the value of that field, "" if there is none.
func proxyAuthorization(fields http1.Fields) string {
	value, _ := fields.Get("Proxy-Authorization")
	return value
}

// challenge is the field that asks for credentials.
const challenge = `Basic realm="why403", charset="UTF-8"`
