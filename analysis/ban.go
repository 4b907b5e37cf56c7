package analysis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// sourceBan refuses everything of a source for some time once it has made too many
// attempts within a window. A ban that renews starts again with every attempt.
var sourceBan = &cause{
	name:    "source-ban",
	prior:   0.015,
	weigh:   weighBan,
	says:    saysBan,
	story:   storyBan,
	do:      doBan,
	refute:  refuteBan,
	predict: predictBan,
	words:   []string{"banned", "blocked", "blacklist", "blocklist", "temporarily blocked", "ip address has been"},
}

// banKeys are the keys that bans are kept under.
var banKeys = []string{"source", "client"}

// banKeyShare is the prior of each.
var banKeyShare = []float64{0.8, 0.05}

// The ranges of what a ban's length and its window are, in seconds.
const (
	leastBan, mostBan             = 0.5, 24 * 3600
	leastBanWindow, mostBanWindow = 0.5, 60
)

func weighBan(s *study) []*hypothesis {
	var hs []*hypothesis
	for _, p := range s.parts {
		if k := slices.IndexFunc(banKeys, func(k string) bool { return p.Scope == k || slices.Contains(p.Equivalent, k) }); k >= 0 {
			h := fitBan(s, p, banKeys[k])
			h.logEvidence += math.Log(banKeyShare[k])
			hs = append(hs, h)
		}
	}
	return hs
}

// banWay is a kind of ban: whether attempts during one renew it, and whether they
// count towards the next.
type banWay struct {
	renews   bool
	counting covariate.Counting
}

// banFit fits a ban's length, then the window that triggers it.
type banFit struct {
	s     *study
	part  covariate.Partition
	turns []covariate.Turn

	counter *covariate.Counter
}

func fitBan(s *study, p covariate.Partition, scope string) *hypothesis {
	h := &hypothesis{scope: scope, equivalent: otherScopes(p, scope)}
	f := &banFit{s: s, part: p, turns: s.turns(p.Labels, p.N)}
	type fitted struct {
		banWay
		length  float64
		windows *search
	}
	var best fitted
	terms := []float64{math.Inf(-1)}
	for _, way := range []banWay{{false, covariate.LetThrough}, {false, covariate.AllAttempts}, {true, covariate.LetThrough}, {true, covariate.AllAttempts}} {
		renews := way.renews
		f.counter = s.table.Counter(p.Labels, p.N, s.table.Readings()[0], way.counting)
		lengths := search{low: leastBan, high: mostBan}
		for _, length := range f.lengthsToTry(renews) {
			w := f.windows(length, renews)
			t, ok := w.best()
			if !ok {
				continue
			}
			lengths.tried = append(lengths.tried, trial{length, length * f.precision(length, renews), evidence.Result{LogEvidence: w.logEvidence(), Best: t.result.Best}})
			if b, ok := best.windows.bestOf(); !ok || t.logLik() > b.logLik() {
				best = fitted{way, length, w}
			}
		}
		terms = append(terms, math.Log(0.25)+lengths.logEvidence())
	}
	if best.windows == nil {
		h.logEvidence = s.unfitted(func(i int) bool { return p.Labels[i] < 0 })
		return h
	}
	h.logEvidence = floats.LogSumExp(terms)
	f.counter = s.table.Counter(p.Labels, p.N, s.table.Readings()[0], best.counting)
	t, _ := best.windows.best()
	r := f.covariate(best.length, t.x, best.renews)
	s.limit(h, r, t.result, "upgrades")
	h.predicted = thresholded(s.counted(r), h.threshold.Value, 0)
	h.counts = s.tally(h.predicted)
	h.window = best.windows.interval("s")
	h.lasts = f.lasts(best.length, best.renews)
	if best.renews {
		h.variant = renewing
	}
	return h
}

const renewing = ", longer if it goes on trying"

// bestOf returns the best trial of a search that may be nil.
func (q *search) bestOf() (trial, bool) {
	if q == nil {
		return trial{}, false
	}
	return q.best()
}

func otherScopes(p covariate.Partition, scope string) []string {
	others := []string{}
	for _, o := range append([]string{p.Scope}, p.Equivalent...) {
		if o != scope {
			others = append(others, o)
		}
	}
	return others
}

// spans returns the lengths that each ban allows: longer than from its start to the
// last refusal, shorter than to the next acceptance. The start of a ban that renews
// is the attempt before.
func (f *banFit) spans(renews bool) []span {
	var spans []span
	j := f.s.table.Jitter.Seconds()
	for _, t := range f.turns {
		if !t.Accepted.Seen() {
			continue
		}
		low, high := t.Last.Sub(t.First).Seconds(), t.Accepted.Sub(t.First).Seconds()
		if renews {
			low, high = t.Longest.Seconds(), t.Accepted.Sub(t.Last).Seconds()
		}
		spans = append(spans, span{max(low-j, 0), high + j})
	}
	return spans
}

// lengthsToTry returns the lengths to try, those of the beginning of a long recording
// if there is one.
func (f *banFit) lengthsToTry(renews bool) []float64 {
	key := fmt.Sprintf("%sban lengths %s %v", f.s.prefix, f.part.Scope, renews)
	var list []float64
	if f.s.beginning == nil {
		list = f.lengths(renews)
		var kept []trial
		for _, x := range list {
			kept = append(kept, trial{x: x})
		}
		f.s.note(key, kept)
		return list
	}
	for _, t := range f.s.beginning.found[key] {
		list = append(list, t.x)
	}
	return list
}

// lengths returns the lengths to try; the length of the recording if no ban ends in
// it.
func (f *banFit) lengths(renews bool) []float64 {
	all := mostStabbed(f.spans(renews), 3)
	if len(all) == 0 && !renews {
		all = append(all, f.s.duration())
	}
	return slices.DeleteFunc(all, func(v float64) bool { return v < leastBan })
}

// precision is the relative width of the lengths that are as good as one.
func (f *banFit) precision(length float64, renews bool) float64 {
	if len(f.spans(renews)) == 0 {
		return 2 // any that lasts until the recording ends
	}
	t := f.interval(length, renews)
	return min(max((t.high-t.low)/length, 0.01), 2)
}

// interval is the intersection of the spans that hold a length.
func (f *banFit) interval(length float64, renews bool) span {
	out := span{0, math.Inf(1)}
	for _, s := range f.spans(renews) {
		if s.low <= length && length <= s.high {
			out = span{max(out.low, s.low), min(out.high, s.high)}
		}
	}
	if math.IsInf(out.high, 1) {
		out.high = max(length, f.s.duration())
	}
	return out
}

func (f *banFit) lasts(length float64, renews bool) *Threshold {
	t := f.interval(length, renews)
	return &Threshold{Value: length, Low: t.low, High: t.high, Unit: "s"}
}

// windows searches the window in which too many attempts start a ban.
func (f *banFit) windows(length float64, renews bool) *search {
	q := &search{key: fmt.Sprintf("ban %s %v %v %.3g", f.part.Scope, renews, f.counter.Counting(), length), low: leastBanWindow, high: mostBanWindow, scan: func(x float64) evidence.Result {
		return f.s.scanCounts(f.covariate(length, x, renews))
	}}
	q.run(f.s, func() {
		limit := min(mostBanWindow, f.s.duration())
		for x := leastBanWindow * 1.2; x <= limit; x *= 1.25 {
			q.try(x, x*0.25)
		}
		if best, ok := q.best(); ok {
			q.climb(best.x, best.step/2, best.step/2)
		}
	})
	return q
}

// covariate counts the attempts of a source within a window, and takes those that
// fall into a ban that was seen to begin for refused by it, whatever the count.
func (f *banFit) covariate(length, window float64, renews bool) evidence.Range {
	t := f.s.table
	r := f.counter.Trailing(toDuration(window))
	until := make([]capture.Instant, f.part.N)
	slack := t.Jitter
	for i := range t.Attempts {
		l := f.part.Labels[i]
		if l < 0 {
			continue
		}
		at := t.Attempts[i].Answered
		switch {
		case at < until[l]:
			r.Mid[i], r.Hi[i] = banned, banned
			if at < until[l].Add(-slack) {
				r.Lo[i] = banned
			}
			if renews {
				until[l] = at.Add(toDuration(length))
			}
		case until[l].Seen() && at < until[l].Add(2*slack):
			r.Hi[i] = banned // the last of a ban may be answered late
			if t.Refused[i] {
				r.Mid[i] = banned
			}
		case t.Refused[i] && (f.s.forced == nil || !f.s.forced[i]):
			until[l] = at.Add(toDuration(length))
		}
	}
	return lowered(r)
}

// banned is the count of an attempt during a ban: over any limit that is scanned.
const banned = math.MaxInt32 - 1

// lowered brings the counts during bans down to one more than all others.
func lowered(r evidence.Range) evidence.Range {
	var most int32
	for _, v := range r.Hi {
		if v < banned {
			most = max(most, v)
		}
	}
	for i := range r.Hi {
		for _, side := range [][]int32{r.Lo, r.Mid, r.Hi} {
			if side[i] == banned {
				side[i] = most + 1
			}
		}
	}
	return r
}

func saysBan(s *study, h *hypothesis) string {
	return fmt.Sprintf("After %.0f upgrades within %s the gateway refuses everything%s with %s for %s%s.", h.threshold.Value+1, seconds(h.window.Value),
		of(h.scope), s.majority, seconds(h.lasts.Value), h.variant)
}

// of returns " of that source address".
func of(scope string) string {
	return " of that " + map[string]string{"source": "source address", "client": "client id"}[scope] + map[bool]string{true: scope}[scope != "source" && scope != "client"]
}

func storyBan(s *study, h *hypothesis) string {
	if h.threshold == nil {
		return fmt.Sprintf("no refusals%s come in stretches of one length", per(h.scope))
	}
	return verdictOn(fmt.Sprintf("a ban of %s after more than %.0f upgrades within %s%s", seconds(h.lasts.Value), h.threshold.Value, seconds(h.window.Value), per(h.scope)), h, s)
}

func doBan(_ *study, h *hypothesis) []string {
	return []string{
		fmt.Sprintf("Stay under %.0f upgrades within %s%s, retries included.", h.threshold.Value, seconds(h.window.Value), per(h.scope)),
		fmt.Sprintf("After a refusal wait %s before anything is tried again from there.", seconds(h.lasts.High)),
		"Ask the gateway's owner to exempt the load generators, or spread the load over more of them.",
	}
}

func refuteBan(_ *study, h *hypothesis) string {
	return fmt.Sprintf("An upgrade accepted%s within %s of a refusal, or a first refusal without a burst before it.", of(h.scope), seconds(h.lasts.Low))
}

func predictBan(s *study, _ *hypothesis, x *experiment) float64 {
	switch x.name {
	case belowLimit, slowRamp:
		return 0.02
	}
	return s.share()
}
