package reports

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"why403/analysis"
	"why403/analysis/jtl"
	"why403/capture"
)

// fixture is a made-up recording with everything the reports are given. The
// exhibits are counted here in the plainest way, not by package analysis, so that
// the tests of this package depend on its types alone.
type fixture struct {
	run *capture.Run
	f   *analysis.Findings
	x   *analysis.Exhibits
}

const fixtureStart = capture.Instant(1795414503_000_000_000) // 23 Nov 2026, 06:15:03 UTC

// load describes the recording: n upgrades in the given time to a gateway that
// holds limit sockets.
type load struct {
	n, limit int
	lasts    time.Duration
	seed     uint64
	inBand   bool // refuses by 101 and a close frame
	stay     bool // sockets stay open to the end
}

// record plays the load. Sockets live a quarter of the recording.
func (l load) record() fixture {
	rnd := rand.New(rand.NewPCG(l.seed, 403))
	run := &capture.Run{
		Meta: capture.Meta{
			ID: "5c1e9a40b7d2", Source: "proxy", Version: "0.1.0", Host: "linux/amd64, 1,048,576 files",
			Command: []string{"jmeter", "-n", "-t", "upgrade-load.jmx", "-Jthreads=600", "-Jclient.secret=‹masked›"},
			Started: fixtureStart, Ended: fixtureStart.Add(l.lasts),
		},
		Tokens: map[capture.Fingerprint]capture.Token{},
	}
	fx := fixture{run: run, x: &analysis.Exhibits{}}
	var ends []time.Duration
	for i := range l.n {
		at := time.Duration(float64(l.lasts) * (float64(i) + rnd.Float64()) / float64(l.n))
		ends = slices.DeleteFunc(ends, func(e time.Duration) bool { return e <= at })
		tok := l.token(rnd, at, i%max(3, l.n/40))
		if t, have := run.Tokens[tok.Fingerprint]; have {
			tok = t
		}
		run.Tokens[tok.Fingerprint] = tok
		u := l.upgrade(rnd, i, at, tok)
		refused := l.limit > 0 && len(ends) >= l.limit
		open := len(ends)
		if refused {
			l.refuse(u)
		} else {
			life := time.Duration(float64(l.lasts) / 4 * (0.6 + rnd.Float64()))
			if l.stay {
				life = l.lasts
			}
			l.accept(u, life, l.lasts-at)
			ends = append(ends, at+life)
		}
		run.Upgrades = append(run.Upgrades, u)
		fx.x.Points = append(fx.x.Points, analysis.Point{
			At: at, Age: fixtureStart.Add(at).Sub(tok.IssuedAt) + 400*time.Millisecond, AgeSeen: i%50 != 7, Open: open, Refused: refused,
		})
	}
	for i := range max(3, l.n/40) {
		sent := fixtureStart.Add(time.Duration(i) * time.Second)
		r := capture.TokenRequest{Conn: int64(9000 + i), Exchange: 1, URL: "https://id.example/oauth/token",
			GrantType: "client_credentials", ClientID: "load-test", Sent: sent, Answered: sent.Add(85 * time.Millisecond),
			Done: sent.Add(87 * time.Millisecond), Status: 200, ExpiresIn: time.Hour}
		if i == 1 {
			r.Status, r.Error, r.ExpiresIn = 401, "invalid_client", 0
		}
		run.TokenRequests = append(run.TokenRequests, r)
	}
	l.exhibit(&fx)
	fx.f = l.findings(&fx)
	return fx
}

func (l load) token(rnd *rand.Rand, at time.Duration, i int) capture.Token {
	issued := fixtureStart.Add(at - time.Duration(rnd.Float64()*float64(40*time.Minute))).Time().Truncate(time.Second)
	return capture.Token{
		Fingerprint: capture.Fingerprint(fmt.Sprintf("7f3a%012x", i*7919)), Kind: capture.JWT, Length: 812,
		Seen: fixtureStart.Add(at), Algorithm: "RS256", KeyID: "2026-10", Issuer: "https://id.example/", Subject: "svc-load",
		ClientID: "load-test", Organisation: "org-17", Audience: []string{"wss://gw.example"}, Scopes: []string{"chat:read", "chat:send"},
		IssuedAt: capture.At(issued), ExpiresAt: capture.At(issued.Add(time.Hour)),
		Claims: `{"iss":"https://id.example/","sub":"svc-load","azp":"load-test","org_id":"org-17"}`,
	}
}

func (l load) upgrade(rnd *rand.Rand, i int, at time.Duration, tok capture.Token) *capture.Upgrade {
	ms := func(low, spread float64) time.Duration {
		return time.Duration((low + rnd.Float64()*spread) * float64(time.Millisecond)).Round(time.Microsecond)
	}
	t := fixtureStart.Add(at)
	var p capture.Phases
	p.RequestSent = t
	p.RequestRead = t.Add(-ms(0.05, 0.1))
	p.Secured = p.RequestRead.Add(-ms(0.2, 0.3))
	p.Dialed = p.Secured.Add(-ms(5, 4))
	p.Resolved = p.Dialed.Add(-ms(1, 1))
	p.ResolveStart = p.Resolved.Add(-ms(0.3, 0.4))
	p.ClientSecured = p.ResolveStart.Add(ms(3, 1))
	p.ClientHello = p.ResolveStart.Add(ms(0.3, 0.2))
	p.ConnectAnswered = p.ResolveStart.Add(ms(0.1, 0.1))
	p.ConnectRead = p.ResolveStart.Add(-ms(0.05, 0.05))
	p.Accepted = p.ConnectRead.Add(-ms(0.2, 0.1))
	p.ResponseFirst = t.Add(ms(1.7, 0.6))
	p.ResponseHead = p.ResponseFirst.Add(ms(0.02, 0.02))
	p.Relayed = p.ResponseHead.Add(ms(0.04, 0.05))
	return &capture.Upgrade{
		Conn: int64(i + 1), Exchange: 1,
		Client: netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", 20000+i%40000)),
		Source: netip.MustParseAddrPort(fmt.Sprintf("10.1.0.2:%d", 20000+i%40000)),
		Server: netip.MustParseAddrPort("192.0.2.17:443"), Scheme: "wss", Authority: "gw.example", Host: "gw.example", Target: "/chat",
		RequestHead: capture.Head(fmt.Sprintf("GET /chat HTTP/1.1\r\nHost: gw.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Key: ‹%016x=›\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer ‹jwt %s, 812 bytes›\r\nX-JMeter-Thread: WS users 1-%d\r\n\r\n",
			rnd.Uint64(), tok.Fingerprint, i%600+1)).Keep(),
		Credentials: []capture.Credential{{Token: tok.Fingerprint, Place: "authorization", Scheme: "Bearer"}},
		Phases:      p,
		ClientTLS:   &capture.TLS{Version: "TLS 1.3"},
		ServerTLS:   &capture.TLS{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", SNI: "gw.example"},
		Edits:       []string{"request target: absolute form to origin form"},
	}
}

const refusalBody = "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n"

func (l load) refuse(u *capture.Upgrade) {
	if l.inBand {
		l.accept(u, 3*time.Millisecond, time.Hour)
		u.Socket.EndedBy, u.Socket.CloseCode, u.Socket.CloseReason = capture.Gateway, 1008, "too many connections"
		return
	}
	u.Status, u.Outcome = 403, capture.Refused
	u.ResponseHead = capture.Head("HTTP/1.1 403 Forbidden\r\ncontent-length: 93\r\ncache-control: no-cache\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n").Keep()
	u.Body, u.BodyBytes = []byte(refusalBody), int64(len(refusalBody))
	u.Phases.ResponseEnd = u.Phases.ResponseHead.Add(60 * time.Microsecond)
}

func (l load) accept(u *capture.Upgrade, life, left time.Duration) {
	u.Status, u.Outcome = 101, capture.Accepted
	u.ResponseHead = capture.Head("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ‹28 bytes›\r\nserver: envoy\r\n\r\n").Keep()
	u.Socket = capture.Socket{Opened: u.Phases.ResponseHead}
	if life < left {
		u.Socket.Closed = u.Socket.Opened.Add(life)
		u.Socket.EndedBy, u.Socket.How, u.Socket.CloseCode = capture.Client, capture.CloseFrame, 1000
	}
}

const fixtureSteps = 60

// exhibit counts the figures from the points.
func (l load) exhibit(fx *fixture) {
	x, points := fx.x, fx.x.Points
	byOpen := analysis.Distribution{Name: "open sockets", Apart: 0.97, Unknown: 2}
	byPath := analysis.Distribution{Name: "path", Apart: 0.03, Values: 1, Bins: []analysis.DistributionBin{{Label: "/chat"}, {Label: "(none)"}}}
	for i := 0; i <= l.limit; i += max(1, l.limit/4) {
		byOpen.Bins = append(byOpen.Bins, analysis.DistributionBin{Label: fmt.Sprintf("from %d", i)})
	}
	for i, p := range points {
		x.Attempts = append(x.Attempts, analysis.Listed{
			Upgrade: fx.run.Upgrades[i], At: p.At, Decided: true, Refused: p.Refused, Open: p.Open, Wait: 1900 * time.Microsecond,
			Age: p.Age, AgeSeen: p.AgeSeen, Left: time.Hour - p.Age, LeftSeen: p.AgeSeen,
		})
		for _, b := range []*analysis.DistributionBin{&byOpen.Bins[min(p.Open/max(1, l.limit/4), len(byOpen.Bins)-1)], &byPath.Bins[0]} {
			if p.Refused {
				b.Refused++
			} else {
				b.Accepted++
			}
		}
	}
	if l.limit > 0 {
		x.Differ = []analysis.Distribution{byOpen, byPath, byPath, byPath, byPath}
		x.Waits = &analysis.Distribution{Name: "wait for the answer", Apart: 0.1, Bins: []analysis.DistributionBin{{Label: "1 ms to 2 ms", Refused: 60, Accepted: 50}}}
	}
	x.Keys = []analysis.KeyLoad{{Scope: "token", Values: 14, Rows: []analysis.KeyRow{
		{Value: "7f3a000000000000", Attempts: 9, Refused: 4, MostOpen: 5, MostAccepted: 4, LeastRefused: 1}, {Value: "7f3a000000001eef", Attempts: 3, MostOpen: 3, MostAccepted: 2, LeastRefused: -1},
	}}}
	step := (l.lasts / fixtureSteps).Round(time.Second / 2)
	n := int((l.lasts + step - 1) / step)
	x.Timeline = analysis.Timeline{Step: step, Steps: make([]analysis.Step, n)}
	maxOpen, last := 1, 0
	for _, p := range points {
		i := min(int(p.At/step), n-1)
		for ; last < i; last++ {
			x.Timeline.Steps[last+1].Open, x.Timeline.Steps[last+1].PeakOpen = x.Timeline.Steps[last].Open, x.Timeline.Steps[last].Open
		}
		s := &x.Timeline.Steps[i]
		s.Open = p.Open
		if !p.Refused {
			s.Open++
		}
		s.PeakOpen = max(s.PeakOpen, s.Open)
		maxOpen = max(maxOpen, p.Open)
		if p.Refused {
			s.Refused++
			x.Timeline.Refusals = append(x.Timeline.Refusals, p.At)
		} else {
			s.Accepted++
		}
	}
	x.Timeline.RefusalCount = len(x.Timeline.Refusals)
	for len(x.Timeline.Refusals) > 2000 {
		x.Timeline.Refusals = thin(x.Timeline.Refusals)
	}
	x.AgeGrid = grid(points, maxOpen)
	fx.pair()
	for len(x.Points) > 4000 {
		x.Points = thin(x.Points)
	}
	x.Phases = []analysis.PhaseStat{
		{Name: "TCP to gateway", N: l.n, P50: 1500 * time.Microsecond, P90: 1900 * time.Microsecond, P99: 2100 * time.Microsecond, RefusedP50: 1490 * time.Microsecond, AcceptedP50: 1510 * time.Microsecond, RefusedN: x.Timeline.RefusalCount, AccptN: l.n - x.Timeline.RefusalCount},
		{Name: "TLS to gateway", N: l.n, P50: 7 * time.Millisecond, P90: 8600 * time.Microsecond, P99: 9 * time.Millisecond, RefusedP50: 7020 * time.Microsecond, AcceptedP50: 6990 * time.Microsecond, RefusedN: x.Timeline.RefusalCount, AccptN: l.n - x.Timeline.RefusalCount},
		{Name: "Waiting for the answer", N: l.n, P50: 2 * time.Millisecond, P90: 2300 * time.Microsecond, P99: 12 * time.Millisecond, RefusedP50: 1100 * time.Microsecond, AcceptedP50: 2100 * time.Microsecond, RefusedN: x.Timeline.RefusalCount, AccptN: l.n - x.Timeline.RefusalCount},
	}
}

func thin[T any](in []T) []T {
	var out []T
	for i := 0; i < len(in); i += 2 {
		out = append(out, in[i])
	}
	return out
}

func grid(points []analysis.Point, maxOpen int) analysis.AgeGrid {
	g := analysis.AgeGrid{}
	for i := range 6 {
		g.AgeEdges = append(g.AgeEdges, time.Duration(i)*8*time.Minute)
	}
	for _, share := range []float64{0, 0.33, 0.66, 0.9} {
		g.OpenEdges = append(g.OpenEdges, int(share*float64(maxOpen)))
	}
	g.OpenEdges = append(g.OpenEdges, maxOpen, maxOpen+1)
	g.Cells = make([][]analysis.Cell, 5)
	for i := range g.Cells {
		g.Cells[i] = make([]analysis.Cell, 5)
	}
	for _, p := range points {
		if !p.AgeSeen {
			g.Unknown++
			continue
		}
		row := min(int(p.Age/(8*time.Minute)), 4)
		col := 0
		for col < 4 && p.Open >= g.OpenEdges[col+1] {
			col++
		}
		if p.Refused {
			g.Cells[row][col].Refused++
		} else {
			g.Cells[row][col].Accepted++
		}
	}
	return g
}

// pair takes the middle refusal and the acceptance before it, and makes one
// group of all refusals.
func (fx *fixture) pair() {
	points, ups := fx.x.Points, fx.run.Upgrades
	var bad []int
	for i, p := range points {
		if p.Refused {
			bad = append(bad, i)
		}
	}
	if len(bad) == 0 {
		return
	}
	r := bad[len(bad)/2]
	a := r
	for a > 0 && points[a].Refused {
		a--
	}
	u := ups[r]
	fx.x.Pair = &analysis.Pair{Refused: u, RefusedOpen: points[r].Open, Accepted: ups[a], AcceptedOpen: points[a].Open,
		Apart: points[r].At - points[a].At, SameToken: u.Token() == ups[a].Token()}
	g := analysis.Group{Title: "text/html, <html><body><h1>403 Forbidden</h1>…", Status: u.Status, Count: len(bad),
		First: points[bad[0]].At, Last: points[bad[len(bad)-1]].At, BodyStart: string(u.Body), MedianWait: 1900 * time.Microsecond, Example: u}
	if u.Status == 101 {
		g.Title, g.InBand, g.Status = "close 1008, “too many connections”", true, 1008
	}
	fx.x.Groups = []analysis.Group{g}
}

// findings are those of a gateway with a limit; other fixtures change them.
func (l load) findings(fx *fixture) *analysis.Findings {
	n := fx.x.Timeline.RefusalCount
	f := &analysis.Findings{
		Schema: analysis.Schema, Attempts: l.n, Accepted: l.n - n, Refused: map[string]int{"403": n}, RefusedInBand: map[string]int{},
		Failed: map[string]int{}, PeakOpen: l.limit, Started: "2026-11-23T06:15:03Z", DurationS: l.lasts.Seconds(),
		Clock:      &analysis.ClockOffset{OffsetS: 0.4, ErrorS: 0.5},
		AnsweredBy: &analysis.AnsweredBy{Layer: "HAProxy", Evidence: "93-byte page, no Server, no Date; nothing that the 101 carries from further in is on the 403"},
		Notes:      []string{"the proxy added 1.2 ms to each handshake (median) and shows the gateway its own TLS fingerprint"},
	}
	limit := &analysis.Threshold{Value: float64(l.limit), Low: float64(l.limit) - 1, High: float64(l.limit), Unit: "open sockets"}
	f.Verdict = analysis.Verdict{
		Status: analysis.Determined,
		Says:   fmt.Sprintf("The gateway holds at most %d open sockets and refuses the rest with 403.", l.limit),
		Causes: []analysis.Cause{{
			Cause: "concurrency-cap", Scope: "global", ScopeEquivalent: []string{"organisation", "client"}, Probability: 0.984, Threshold: limit,
			Explains: analysis.Explains{Refused: n, Of: n},
			Says:     fmt.Sprintf("Once %d sockets are open, no further one is let in until one closes.", l.limit),
			Do: []string{
				fmt.Sprintf("Ask the gateway's owner to raise the limit on concurrent connections, or plan for %d.", l.limit),
				fmt.Sprintf("In JMeter, keep the threads that hold a socket below %d.", l.limit)},
			WouldRefute: fmt.Sprintf("A single 403 while %d sockets are held for 30 minutes.", l.limit-l.limit/20-1),
		}},
	}
	f.Hypotheses = []analysis.Hypothesis{
		{Cause: "concurrency-cap", Scope: "global", Probability: 0.984, LogEvidence: -41.2, Threshold: limit,
			Counts: analysis.Counts{N11: n, N00: l.n - n}, Says: fmt.Sprintf("Refused at %d open sockets or more, accepted below: right for every attempt.", l.limit)},
		{Cause: "quota", Scope: "global", Probability: 0.0118, LogEvidence: -45.6, Counts: analysis.Counts{N11: n * 4 / 5, N01: n - n*4/5, N10: n / 12, N00: l.n - n - n/12},
			Says: "The best window (8 min 10 s) leaves refusals unexplained and would have refused upgrades that passed."},
		{Cause: "rate-limit", Scope: "global", Probability: 0.004, LogEvidence: -46.7, Says: "Refusals came at 0.4 to 6.8 upgrades a second; the same rates passed below the limit."},
		{Cause: "token-expired", Scope: "global", Probability: 0.00003, LogEvidence: -90, Says: "No refused token was expired; the one nearest to expiry had 5 min 12 s left."},
		{Cause: "token-too-old", Scope: "global", Probability: 0.00002, LogEvidence: -91, Says: "Refused and accepted tokens are equally old (median 27.4 and 27.6 min)."},
		{Cause: "overload", Scope: "global", Probability: 0.0001, LogEvidence: -88, Says: "Refusals were answered in 1.9 ms, as fast as acceptances, at every load."},
		{Cause: "attribute", Scope: "global", Probability: 0.00005, LogEvidence: -95, Attribute: &analysis.Attribute{Name: "source", Value: "10.1.0.2"}, Says: "Nothing in the request separates refused from accepted (best: the source, 51 % against 50 %)."},
		{Cause: "unknown", Scope: "global", Probability: 0.0001, LogEvidence: -87, Says: "The residuals of the leading cause show no pattern."},
	}
	return f
}

// The recordings that the tests render, one for each kind of verdict.

func fixtureDetermined() fixture {
	fx := load{n: 160, limit: 24, lasts: 20 * time.Minute, seed: 1}.record()
	fx.run.Losses = []capture.Loss{{At: fixtureStart.Add(9 * time.Minute), Kind: capture.LostQueue, Count: 12, Detail: "frames of open sockets"}}
	fx.f.Advice = []analysis.Advice{
		{Name: "generator-limits", Urgent: true, Says: "12 upgrades did not leave the load generator.", Do: []string{"Raise its limit on open files.", "Spread the load."}},
		{Name: "missing-origin", Says: "No upgrade carries an Origin field, as JMeter's sampler sends none."},
	}
	fx.x.JMeter = &jtl.Summary{
		Samples: 320, ByID: 150, ByThread: 6, Alone: 2, Unsampled: 4, Zero: 71,
		Samplers: []jtl.Sampler{{Label: "WS open", Samples: 160, Failed: 71, Upgrades: 156, Refused: 69, Threads: 60}, {Label: "Token", Samples: 160, Threads: 60}},
		First:    &jtl.First{Label: "WS open", Thread: "WS users 1-25", Status: 403, At: 4 * time.Minute, AllThreads: 41, Line: 51},
	}
	return fx
}

// fixtureTwoCauses has two causes at once, neither of which can be drawn.
func fixtureTwoCauses() fixture {
	fx := load{n: 120, limit: 20, lasts: 10 * time.Minute, seed: 6}.record()
	n := fx.x.Timeline.RefusalCount
	one, two := fx.f.Verdict.Causes[0], analysis.Cause{
		Cause: "attribute", Scope: "global", Probability: 0.97, Attribute: &analysis.Attribute{Name: "scope", Value: "chat:read"},
		Says: "Tokens without the scope chat:send are refused.", Do: []string{"Ask for the scope chat:send."},
		WouldRefute: "An accepted upgrade with chat:read alone.", Explains: analysis.Explains{Refused: n / 3, Of: n}, ContradictedBy: 1,
	}
	one.Linger = &analysis.Threshold{Value: 30, Low: 29, High: 31, Unit: "s"}
	fx.f.Hypotheses[0].Linger, fx.f.Hypotheses[0].Counts.Either = one.Linger, 2
	one.Scope, one.Explains.Refused, one.ScopeEquivalent = "token", n-n/3, nil
	fx.f.Verdict = analysis.Verdict{Status: analysis.Determined, Causes: []analysis.Cause{one, two},
		Says: "Two causes act at once: at most 20 sockets per token, and tokens without the scope chat:send."}
	return fx
}

func fixtureUndetermined() fixture {
	fx := load{n: 90, limit: 45, lasts: 3 * time.Minute, seed: 2, stay: true}.record()
	f, refused := fx.f, fx.x.Timeline.RefusalCount // a plain ramp: all from the 46th on
	candidate := func(cause string, p float64, t *analysis.Threshold, says, do, wrong string) analysis.Cause {
		return analysis.Cause{Cause: cause, Scope: "global", Probability: p, Threshold: t, Explains: analysis.Explains{Refused: refused, Of: refused}, Says: says, Do: []string{do}, WouldRefute: wrong}
	}
	f.Verdict = analysis.Verdict{
		Status: analysis.Undetermined,
		Says:   "A limit of 45 open sockets, a quota of 45 upgrades or tokens too old after 90 s: this recording cannot tell them apart.",
		Causes: []analysis.Cause{
			candidate("concurrency-cap", 0.46, &analysis.Threshold{Value: 45, Low: 45, High: 45, Unit: "open sockets"}, "The gateway holds at most 45 open sockets.", "Raise the limit, or plan for 45.", "a 46th socket that opens while 45 are open"),
			candidate("quota", 0.31, &analysis.Threshold{Value: 45, Low: 45, High: 45, Unit: "upgrades"}, "The gateway lets 45 upgrades pass in a window that had not ended.", "Spread the upgrades over more time.", "upgrades that pass again as soon as sockets close"),
			candidate("token-too-old", 0.17, &analysis.Threshold{Value: 90, Low: 88, High: 92, Unit: "s"}, "Tokens are refused 90 s after they were issued.", "Fetch a token before each upgrade.", "a refused upgrade with a fresh token"),
		},
	}
	f.UndecidedBetween = []string{"concurrency-cap", "quota", "token-too-old"}
	f.NextExperiment = &analysis.Experiment{
		Name: "close a third of the sockets and reopen",
		Why:  "A limit lets the reopened ones in; a quota and an old token do not. It takes two more minutes.",
		Do:   []string{"Run the plan with -Jthreads=45 -Jrampup=30 -Jhold=60.", "After 60 s a third of the threads close their sockets.", "Let 15 more threads start; read how many upgrades get 101."},
		Predictions: map[string]float64{
			"concurrency-cap": 0, "quota": 1, "token-too-old": 1, "outage": 0.93},
		Parts: []analysis.ExperimentPart{
			{Of: "the ramp", Predictions: map[string]float64{"concurrency-cap": 0, "quota": 1, "token-too-old": 1, "outage": 0.9}},
			{Of: "the reopened", Predictions: map[string]float64{"concurrency-cap": 0, "quota": 1, "token-too-old": 1, "outage": 1}},
		},
	}
	f.Hypotheses = nil
	for _, c := range append(slices.Clone(f.Verdict.Causes), candidate("outage", 0.05, nil, "Nothing passed from 1 min 31 s on.", "", "")) {
		f.Hypotheses = append(f.Hypotheses, analysis.Hypothesis{Cause: c.Cause, Scope: c.Scope, Probability: c.Probability, Threshold: c.Threshold,
			Counts: analysis.Counts{N11: refused, N00: 45}, Says: "It explains every attempt."})
	}
	f.Notes = append(f.Notes, "open sockets, upgrades so far, elapsed time and token age grew together, so they cannot be told apart")
	return fx
}

func fixtureNoRefusals() fixture {
	fx := load{n: 40, lasts: 2 * time.Minute, seed: 3}.record()
	fx.f.Refused, fx.f.PeakOpen = map[string]int{}, 14
	fx.f.Verdict = analysis.Verdict{Status: analysis.NoRefusals, Says: "No upgrade was refused; at most 14 sockets were open."}
	fx.f.Hypotheses, fx.f.AnsweredBy = nil, nil
	fx.f.Failed = map[string]int{"timed-out": 2}
	fx.f.Pending = 1
	return fx
}

func fixtureInsufficient() fixture {
	fx := load{n: 30, limit: 7, lasts: 2 * time.Minute, seed: 4}.record()
	fx.f.Verdict = analysis.Verdict{Status: analysis.Insufficient, Says: "Too few refusals to name a cause."}
	fx.f.Refused = map[string]int{"403": fx.x.Timeline.RefusalCount - 1, "429": 1}
	fx.f.Hypotheses = nil
	fx.f.NextExperiment = &analysis.Experiment{Name: "the same load for longer", Why: "Some 20 refusals are needed.", Do: []string{"Run the plan with -Jloops=10."}}
	for i := range fx.x.Points {
		fx.x.Points[i].AgeSeen = false
	}
	fx.x.AgeGrid = analysis.AgeGrid{}
	fx.x.Pair.Accepted = nil
	return fx
}

func fixtureInBand() fixture {
	fx := load{n: 80, limit: 12, lasts: 5 * time.Minute, seed: 5, inBand: true}.record()
	n := fx.x.Timeline.RefusalCount
	fx.f.Refused, fx.f.RefusedInBand = map[string]int{}, map[string]int{"1008": n}
	fx.f.Verdict.Says = "The gateway answers 101 and closes at once with 1008 when 12 sockets are open."
	fx.f.AnsweredBy = nil
	return fx
}
