package analysis

// expiredOnce reports whether one moment is all that speaks for an expiry: everything
// passed before it and nothing after it, as in a ramp with one token, or with tokens
// that were fetched together. Whatever else began in the very second refuses the same
// upgrades, and that this is improbable is no proof. An answer that says "expired" is
// a second witness.
func (s *study) expiredOnce(h *hypothesis) bool {
	if len(h.parts) > 0 || h.cause != tokenExpired || h.predicted == nil {
		return false
	}
	expired := false
	for _, f := range h.predicted {
		if f.accepts() && !f.unsure() && expired {
			return false
		}
		expired = expired || f.refuses() && !f.unsure()
	}
	return 2*s.spoken(tokenExpired) < s.refused
}
