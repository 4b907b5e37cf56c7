package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"why403/capture"
)

// A bucket that token requests drain too is found with its rate where the host refuses both
// alike; where it does not, nobody can tell that they did.
func TestBucketOfTokenRequestsToo(t *testing.T) {
	for _, c := range []struct {
		status int
		want   bool
	}{{403, true}, {500, false}} {
		f := explain(runOfOneBucket(c.status))
		h := f.Hypotheses[slices.IndexFunc(f.Hypotheses, func(h Hypothesis) bool { return h.Cause == "rate-limit" && h.Scope == "global" })]
		found := h.Threshold != nil && math.Abs(h.Threshold.Value-bucketRate) < 0.02*bucketRate && h.Probability > 0.9
		if found != c.want {
			t.Errorf("%d: %+v: %s", c.status, h.Threshold, f.Verdict.Says)
		}
		if !c.want && f.Verdict.Status == Determined {
			t.Errorf("%d: determined: %s", c.status, f.Verdict.Says)
		}
	}
}

const bucketRate, bucketBurst = 5.0, 8.0

// runOfOneBucket has upgrades, and from none to three token requests before each, that take
// from one bucket; token requests are refused with a status.
func runOfOneBucket(status int) *capture.Run {
	random := rand.New(rand.NewPCG(403, 1))
	level, now := bucketBurst, capture.Instant(1_790_000_000e9)
	takes := func() bool {
		after := random.ExpFloat64() * 0.09
		now = now.Add(toDuration(after))
		level = min(bucketBurst, level+bucketRate*after)
		taken := level >= 1
		if taken {
			level--
		}
		return taken
	}
	var asked []capture.TokenRequest
	r := plainRun(600, func(i int, u *capture.Upgrade, tok *capture.Token) {
		for range random.IntN(4) {
			request := capture.TokenRequest{URL: "https://gw.example/oauth/token", Status: 200}
			if !takes() {
				request.Status = status
			}
			request.Sent = now
			asked = append(asked, request)
		}
		passes := takes()
		u.Phases.RequestSent, u.Phases.ResponseHead = now, now.Add(5*time.Millisecond)
		u.Socket.Opened, tok.IssuedAt, tok.ExpiresAt = u.Phases.ResponseHead, now, now.Add(time.Hour)
		if !passes {
			refuse(u, "")
		}
	})
	r.TokenRequests = asked
	return r
}
