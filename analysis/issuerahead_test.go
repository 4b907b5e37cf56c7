package analysis

import (
	"math"
	"testing"
	"time"

	"why403/capture"
)

// A gateway that dates its answers by a clock that is behind the issuer's refuses tokens by
// that clock until their beginning: the threshold is how far it is behind.
func TestBehindTheIssuer(t *testing.T) {
	const behind, every = 9, 12
	for _, dated := range []bool{true, false} {
		var samples []capture.ClockSample
		r := plainRun(240, func(i int, u *capture.Upgrade, tok *capture.Token) {
			at := u.Phases.RequestSent
			first := at.Add(-time.Duration(i%every) * time.Second)
			*tok = capture.Token{Fingerprint: capture.Fingerprint(first.Time().Format("150405")), Kind: capture.JWT, Seen: first, IssuedAt: first, ExpiresAt: first.Add(time.Hour)}
			if i%every < behind {
				refuse(u, "")
			}
			if dated {
				date := at.Add(-behind * time.Second)
				samples = append(samples, capture.ClockSample{Sent: at, Received: at.Add(20 * time.Millisecond), Date: date - date%1e9, Authority: u.Authority})
			}
		})
		r.Clock = samples
		f := explain(r)
		c := f.Verdict.Causes[0]
		if c.Cause != "token-not-yet-valid" || c.Threshold == nil || math.Abs(c.Threshold.Value-behind) > 1.5 {
			t.Errorf("dated %v: %s: %s %+v", dated, f.Verdict.Status, f.Verdict.Says, c.Threshold)
		}
	}
}
