package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"why403/capture"
)

// arrivals is a load on a gateway that decides when an upgrade reaches it, and
// answers later, after times that differ much more than the network does.
type arrivals struct {
	at      []float64 // seconds, ascending
	slow    float64   // mean time from a decision to its answer, seconds
	holds   float64   // mean time that a socket stays open, seconds
	sources int
	// If set, all upgrades carry a token that is fetched so often, in seconds, and
	// lives four fifths as long.
	fetched float64
}

// expired reports whether the token at a moment is.
func (a arrivals) expired(at float64) bool {
	return a.fetched > 0 && math.Mod(at, a.fetched) > 0.8*a.fetched
}

// poisson is n moments that come at random, so many a second.
func poisson(r *rand.Rand, n int, rate float64) []float64 {
	at := make([]float64, n)
	for i := 1; i < n; i++ {
		at[i] = at[i-1] + r.ExpFloat64()/rate
	}
	return at
}

// run plays a gateway that refuses what a rule says of a source at a moment.
func (a arrivals) run(r *rand.Rand, refuses func(source int, at float64) bool) *capture.Run {
	const trip = 4 * time.Millisecond
	run := plainRun(len(a.at), func(i int, u *capture.Upgrade, t *capture.Token) {
		source := r.IntN(max(a.sources, 1))
		u.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(source)}), uint16(10_000+i))
		*t = capture.Token{Fingerprint: capture.Fingerprint(fmt.Sprintf("%016x", source)), Kind: capture.JWT}
		if a.fetched > 0 {
			k := math.Floor(a.at[i] / a.fetched)
			t.Fingerprint = capture.Fingerprint(fmt.Sprintf("%016x", int(k)))
			t.IssuedAt = u.Phases.RequestSent.Add(toDuration(k*a.fetched) - time.Duration(i)*time.Second)
			t.ExpiresAt = t.IssuedAt.Add(toDuration(0.8 * a.fetched))
		}
		reached := u.Phases.RequestSent.Add(toDuration(a.at[i]) - time.Duration(i)*time.Second)
		sent := reached.Add(-trip / 2)
		u.Phases = capture.Phases{Resolved: sent.Add(-trip - time.Duration(r.IntN(200_000))), Dialed: sent, RequestSent: sent,
			ResponseHead: reached.Add(trip/2 + toDuration(a.slow*r.ExpFloat64()))}
		if refuses(source, a.at[i]) {
			refuse(u, "")
			return
		}
		u.Socket = capture.Socket{Opened: u.Phases.ResponseHead, EndedBy: capture.Client}
		u.Socket.Closed = u.Socket.Opened.Add(toDuration(a.holds * r.ExpFloat64()))
	})
	run.Ended = run.Started.Add(toDuration(a.at[len(a.at)-1] + 10*a.holds))
	return run
}

// buckets are token buckets, one for each source.
func buckets(rate, burst float64) func(int, float64) bool {
	held, at := map[int]float64{}, map[int]float64{}
	return func(source int, now float64) bool {
		if _, known := held[source]; !known {
			held[source] = burst
		}
		held[source] = min(burst, held[source]+rate*(now-at[source]))
		at[source] = now
		if held[source] < 1 {
			return true
		}
		held[source]--
		return false
	}
}

// A bucket is found exactly though answers come up to a second after the decisions,
// in another order, and whatever its burst is.
func TestBucketIsFoundByRequests(t *testing.T) {
	for _, c := range []struct {
		rate, burst float64
		sources     int
	}{{4.93, 1, 1}, {9.3, 2, 1}, {1.37, 19, 1}, {2.21, 8, 4}, {3.1, 1, 4}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, uint64(1000*c.rate)))
			load := arrivals{at: poisson(r, 700, 1.6*c.rate*float64(c.sources)), slow: 0.12, holds: 3, sources: c.sources}
			f := Explain(load.run(r, buckets(c.rate, c.burst)))
			cause := f.Verdict.Causes[0]
			if f.Verdict.Status != Determined || cause.Cause != "rate-limit" {
				t.Fatalf("%s: %s", f.Verdict.Status, f.Verdict.Says)
			}
			if got := cause.Threshold.Value; math.Abs(got-c.rate) > 0.02*c.rate {
				t.Errorf("rate %v, want %v", got, c.rate)
			}
			if got := cause.Burst.Value; got != c.burst {
				t.Errorf("burst %v, want %v", got, c.burst)
			}
		})
	}
}

// windows let n upgrades of each source through in fixed windows.
func windows(length, phase float64, n int) func(int, float64) bool {
	through, in := map[int]int{}, map[int]float64{}
	return func(source int, now float64) bool {
		if at := math.Floor((now - phase) / length); at != in[source] {
			in[source], through[source] = at, 0
		}
		if through[source] >= n {
			return true
		}
		through[source]++
		return false
	}
}

// A fixed window is found though it ends but once or twice with a refusal before, or
// where many sources with few upgrades each blur its ends.
func TestFixedWindowIsFound(t *testing.T) {
	for _, c := range []struct {
		length, phase float64
		n             int
		upgrades      int
		rate          float64
		sources       int
	}{{52.47, 11.2, 290, 1200, 7, 1}, {31.7, 4, 70, 230, 2.6, 1}, {66.4, 31, 4, 420, 1.35, 20}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, uint64(c.upgrades)))
			load := arrivals{at: poisson(r, c.upgrades, c.rate), slow: 0.05, holds: 3, sources: c.sources}
			f := Explain(load.run(r, windows(c.length, c.phase, c.n)))
			for _, h := range f.Hypotheses {
				if h.Cause != "quota" || h.Window == nil {
					continue
				}
				if h.Threshold.Value != float64(c.n) || math.Abs(h.Window.Value-c.length) > 0.01*c.length {
					t.Errorf("%v in %+v, want %d in %v", h.Threshold.Value, h.Window, c.n, c.length)
				}
				if wrong := h.Counts.N10 + h.Counts.N01; wrong > 3 {
					t.Errorf("%d outcomes are contradicted: %+v", wrong, h.Counts)
				}
				return
			}
			t.Error("no window")
		})
	}
}

// Expiry is named beside a bucket that refuses as well, though neither explains much
// alone.
func TestExpiryBesideABucket(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	load := arrivals{at: poisson(r, 960, 12), slow: 0.02, holds: 3, fetched: 70}
	bucket := buckets(9.6, 6)
	f := Explain(load.run(r, func(source int, at float64) bool { return load.expired(at) || bucket(source, at) }))
	for _, want := range []string{"token-expired", "rate-limit"} {
		if !slices.ContainsFunc(f.Verdict.Causes, func(c Cause) bool { return c.Cause == want }) {
			t.Errorf("%s is not named: %s", want, f.Verdict.Says)
		}
	}
}
