package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"why403/capture"
)

// toy is a gateway and a load with exact times: upgrades at rate a second for
// lasts, sockets that live life on average, tokens of a pool that are renewed too
// late or not.
type toy struct {
	limit  int           // of open sockets, 0 for none
	lapse  time.Duration // refuses tokens older than this, 0 for never
	chance float64       // refuses at random
	rate   float64
	life   time.Duration
	lasts  time.Duration
	renew  time.Duration // age at which a pooled token is replaced, 0: 30 min
}

func (y toy) run(seed uint64) *capture.Run {
	rnd := rand.New(rand.NewPCG(seed, 7))
	start := capture.Instant(1_795_414_503_000_000_000)
	run := &capture.Run{Meta: capture.Meta{ID: fmt.Sprint(seed), Started: start}, Tokens: map[capture.Fingerprint]capture.Token{}}
	type pooled struct {
		fp     capture.Fingerprint
		issued time.Duration
	}
	if y.renew == 0 {
		y.renew = 30 * time.Minute
	}
	pool := make([]pooled, 20)
	for i := range pool {
		pool[i].issued = -time.Duration(rnd.Float64() * float64(y.renew))
	}
	var ends []time.Duration
	at := time.Duration(0)
	for conn := int64(1); ; conn++ {
		at += time.Duration(rnd.ExpFloat64() / y.rate * 1e9)
		if at > y.lasts {
			break
		}
		ends = slices.DeleteFunc(ends, func(e time.Duration) bool { return e <= at })
		tok := &pool[rnd.IntN(len(pool))]
		if at-tok.issued > y.renew {
			*tok = pooled{issued: at}
		}
		if tok.fp == "" {
			tok.fp = capture.Fingerprint(fmt.Sprintf("%016x", len(run.Tokens)+1))
			run.Tokens[tok.fp] = capture.Token{Fingerprint: tok.fp, Kind: capture.JWT, IssuedAt: start.Add(tok.issued)}
		}
		sent := start.Add(at)
		u := &capture.Upgrade{
			Conn: conn, Exchange: 1, Scheme: "ws", Authority: "gw:80", Host: "gw",
			Source: netip.MustParseAddrPort("10.0.0.1:1000"), Server: netip.MustParseAddrPort("10.0.0.2:80"),
			Credentials: []capture.Credential{{Token: tok.fp, Place: "authorization"}},
			Phases:      capture.Phases{RequestSent: sent, ResponseFirst: sent.Add(time.Millisecond), ResponseHead: sent.Add(time.Millisecond)},
			Status:      403, Outcome: capture.Refused,
		}
		full := y.limit > 0 && len(ends) >= y.limit
		old := y.lapse > 0 && at-tok.issued > y.lapse
		if !full && !old && rnd.Float64() >= y.chance {
			end := at + time.Duration(rnd.ExpFloat64()*float64(y.life))
			ends = append(ends, end)
			u.Status, u.Outcome = 101, capture.Accepted
			u.Socket = capture.Socket{Opened: sent.Add(time.Millisecond), Closed: start.Add(max(end, at+2*time.Millisecond)), EndedBy: capture.Client, How: capture.CloseFrame}
			u.Socket.Closing = u.Socket.Closed
		}
		run.Upgrades = append(run.Upgrades, u)
	}
	run.Ended = start.Add(y.lasts)
	return run
}

func compareToys(a, b toy, seed uint64) *Comparison {
	ra, rb := a.run(2*seed), b.run(2*seed+1)
	return Compare(ra, Explain(ra), rb, Explain(rb))
}

// capped holds about 40 sockets of an offered 60.
var capped = toy{limit: 40, rate: 6, life: 10 * time.Second, lasts: 3 * time.Minute}

func TestCompareFindsAMovedLimit(t *testing.T) {
	lower := capped
	lower.limit = 30
	c := compareToys(capped, lower, 1)
	if c.Status != Changed || !strings.Contains(c.Says, "was 40 open sockets in A and is 30 open sockets in B") {
		t.Errorf("%s: %s", c.Status, c.Says)
	}
}

func TestCompareTellsALoadFromAChange(t *testing.T) {
	harder := capped
	harder.rate = 12
	c := compareToys(capped, harder, 2)
	if c.Status != OtherLoad || !c.Measures[0].Differs {
		t.Errorf("%s: %s", c.Status, c.Says)
	}
}

func TestCompareSeesMoreRefusalsAtTheSameLoad(t *testing.T) {
	flaky := toy{chance: 0.02, rate: 6, life: 10 * time.Second, lasts: 5 * time.Minute}
	worse := flaky
	worse.chance = 0.15
	c := compareToys(flaky, worse, 3)
	if a := c.Adjusted; math.Abs(a.B.Value-a.A.Value-a.Delta.Value) > 1e-9 {
		t.Errorf("%v less %v is not %v", a.B.Value, a.A.Value, a.Delta.Value)
	}
	if c.Status != Changed || c.Adjusted.Delta.Value < 0.08 || c.Adjusted.Delta.Value > 0.18 {
		t.Errorf("%s: %s", c.Status, c.Says)
	}
}

func TestCompareWithNothingInCommon(t *testing.T) {
	a := toy{chance: 0.2, rate: 2, life: 2 * time.Second, lasts: 3 * time.Minute, renew: time.Minute}
	b := a
	b.renew = 60 * time.Minute
	ra, rb := a.run(1), b.run(2)
	for fp, tok := range rb.Tokens { // all of B's are far older than A's
		tok.IssuedAt = tok.IssuedAt.Add(-10 * time.Hour)
		rb.Tokens[fp] = tok
	}
	if c := Compare(ra, Explain(ra), rb, Explain(rb)); c.Status != NothingInCommon || c.Adjusted != nil {
		t.Errorf("%s: %s", c.Status, c.Says)
	}
}

func TestCompareWithTooLittle(t *testing.T) {
	empty := &capture.Run{}
	few := toy{chance: 1, rate: 1, life: time.Second, lasts: 3 * time.Second}.run(4)
	for name, c := range map[string]*Comparison{
		"empty": Compare(empty, Explain(empty), empty, Explain(empty)),
		"few":   Compare(few, Explain(few), empty, Explain(empty)),
	} {
		if want := map[string]ComparisonStatus{"empty": NeitherRefused, "few": TooFew}[name]; c.Status != want {
			t.Errorf("%s: %s, want %s: %s", name, c.Status, want, c.Says)
		}
	}
}

// TestCompareIsCalibrated compares recordings of one gateway under different loads:
// at most one in 20 may look changed. Of gateways that did change nearly all must.
func TestCompareIsCalibrated(t *testing.T) {
	const pairs = 12
	families := map[string]struct{ a, b, changed toy }{
		"cap": {
			capped, toy{limit: 40, rate: 9, life: 8 * time.Second, lasts: 2 * time.Minute},
			toy{limit: 34, rate: 9, life: 8 * time.Second, lasts: 2 * time.Minute},
		},
		"lapse": {
			toy{lapse: 200 * time.Second, renew: 250 * time.Second, rate: 3, life: 5 * time.Second, lasts: 10 * time.Minute},
			toy{lapse: 200 * time.Second, renew: 400 * time.Second, rate: 3, life: 5 * time.Second, lasts: 8 * time.Minute},
			toy{lapse: 150 * time.Second, renew: 400 * time.Second, rate: 3, life: 5 * time.Second, lasts: 8 * time.Minute},
		},
		"random": {
			toy{chance: 0.05, rate: 4, life: 10 * time.Second, lasts: 4 * time.Minute},
			toy{chance: 0.05, rate: 9, life: 8 * time.Second, lasts: 4 * time.Minute},
			toy{chance: 0.2, rate: 9, life: 8 * time.Second, lasts: 4 * time.Minute},
		},
	}
	for name, f := range families {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alarms, missed := 0, 0
			for seed := range uint64(pairs) {
				a := f.a.run(2*seed + 200)
				fa := Explain(a)
				with := func(y toy) *Comparison {
					b := y.run(2*seed + 201)
					return Compare(a, fa, b, Explain(b))
				}
				if c := with(f.b); c.Status == Changed {
					alarms++
					t.Logf("seed %d: %s", seed, c.Says)
				}
				if c := with(f.changed); c.Status != Changed {
					missed++
					t.Logf("changed, seed %d: %s", seed, c.Says)
				}
			}
			t.Logf("%d false alarms and %d missed of %d each", alarms, missed, pairs)
			if alarms > 1 || missed > 1 {
				t.Errorf("%d false alarms and %d missed of %d each", alarms, missed, pairs)
			}
		})
	}
}

// TestShare checks Jeffreys' interval against R's
// binom::binom.bayes(8, 100, prior.shape1=.5, prior.shape2=.5, type="central").
func TestShare(t *testing.T) {
	e := tally{n: 100, refused: 8, weight: 100}.share(0.95)
	if math.Abs(e.Low-0.0387) > 0.0005 || math.Abs(e.High-0.1451) > 0.0005 || e.Value != 0.08 {
		t.Errorf("share %+v", e)
	}
	if e := (tally{n: 10, weight: 10}).share(0.95); e.Low != 0 || e.High > 0.3 {
		t.Errorf("share of none %+v", e)
	}
	if (tally{}).share(0.95) != nil {
		t.Error("a share of nothing")
	}
}

// TestCommonDifference: with one stratum the estimate is the plain difference, and
// strata with opposite outcomes of one size cancel.
func TestCommonDifference(t *testing.T) {
	one := cells{{n: 100, refused: 10, weight: 100}, {n: 50, refused: 20, weight: 50}}
	if d := commonDifference([]cells{one}, 0.95); math.Abs(d.Value-0.3) > 1e-12 || d.Low > 0.2 || d.Low < 0.1 {
		t.Errorf("one stratum: %+v", d)
	}
	up := cells{{n: 50, refused: 10, weight: 50}, {n: 50, refused: 20, weight: 50}}
	down := cells{{n: 50, refused: 20, weight: 50}, {n: 50, refused: 10, weight: 50}}
	if d := commonDifference([]cells{up, down}, 0.95); math.Abs(d.Value) > 1e-12 || d.differs() {
		t.Errorf("opposite strata: %+v", d)
	}
	if d := commonDifference([]cells{{{n: 3, weight: 3}, {}}}, 0.95); d != nil {
		t.Errorf("nothing in common: %+v", d)
	}
}

func TestMedian(t *testing.T) {
	var v []float64
	for i := range 101 {
		v = append(v, float64(100-i))
	}
	// Order statistics 41 and 61 of 101 (Conover, ±1.96·√101/2).
	if m := median(v, 0.95); m.Value != 50 || m.Low != 39 || m.High != 61 {
		t.Errorf("median %+v", m)
	}
	if median([]float64{1, 2, 3}, 0.95) != nil {
		t.Error("a median of three with an interval")
	}
}
