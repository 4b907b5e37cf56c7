package analysis

import (
	"fmt"
	"slices"
	"strings"

	"why403/analysis/covariate"
	"why403/capture"
)

// The forms of requests without a proper token; of a placeholder and a scheme also which.
const (
	noTokenAtAll = "no token"
	literally    = "the literal "
	underScheme  = "the scheme "
	notWhole     = "what is not a whole JWT"
	cutToken     = "a token cut short"
)

// tokenForm says what is wrong with a request's token; "" is nothing.
func (s *study) tokenForm(a *covariate.Attempt, usual usualToken) string {
	switch {
	case len(a.Upgrade.Credentials) == 0:
		return noTokenAtAll
	case a.Token == nil:
		return ""
	case a.Token.Kind == capture.Placeholder:
		return literally + fmt.Sprintf("%q", a.Token.Placeholder)
	case a.Upgrade.Credentials[0].Scheme != usual.scheme && a.Upgrade.Credentials[0].Place == usual.place:
		return underScheme + fmt.Sprintf("%q", a.Upgrade.Credentials[0].Scheme)
	case a.Token.Kind == capture.Opaque && (a.Token.Algorithm != "" || usual.kind == capture.JWT):
		return notWhole
	case 2*a.Token.Length < usual.shortest:
		return cutToken
	}
	return ""
}

// allMissingAre reports whether all that was sent in place of a token has one of some forms.
func (h *hypothesis) allMissingAre(forms ...string) bool {
	return len(h.missing) > 0 && !slices.ContainsFunc(h.missing, func(m string) bool {
		return !slices.ContainsFunc(forms, func(form string) bool { return strings.HasPrefix(m, form) })
	})
}

// whyMissing says what the load tool did.
func (s *study) whyMissing(h *hypothesis) string {
	switch {
	case h.allMissingAre(underScheme) && s.noneAccepted():
		return "gateways mostly take tokens under another"
	case h.allMissingAre(underScheme):
		return "accepted ones send their token under another"
	case h.allMissingAre(notWhole, cutToken):
		return "the load tool lost a part of its token"
	}
	return "the load tool had no token to send"
}

func doMissing(_ *study, h *hypothesis) []string {
	switch {
	case h.allMissingAre(underScheme):
		return []string{"Send every token under the scheme that the gateway takes (in JMeter: HTTP Header Manager, Authorization: Bearer ${access_token})."}
	case h.allMissingAre(notWhole, cutToken):
		return []string{
			"Compare the token that was sent with the one that the issuer gave out: an expression that ends too soon, a limited column or variable.",
			"Extract the token with a JSON Extractor in place of a regular expression.",
		}
	}
	return []string{
		"Look why the load tool has no token: a failed token request, or an extractor that did not match (in JMeter: JSON Extractor, default value NOT_FOUND).",
		"Stop a thread whose token request failed (Thread Group, action to be taken after a sampler error) so that it opens no sockets.",
		"Check that the variable's name in the header is that of the extractor and lives in the same thread group.",
	}
}
