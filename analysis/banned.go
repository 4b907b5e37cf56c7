package analysis

import (
	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// banPhase is where an attempt falls.
type banPhase int8

const (
	unbanned banPhase = iota
	inBan
	nearEnd // of a ban, on either side of it: the recording cannot tell which
	noKey

	phases = 4
)

// banned is the bans of one length that the refusals of a recording begin, each with
// the first refusal of its source after the ban before.
type banned struct {
	s      *study
	length float64
	phases []banPhase
	sums   [phases][2]float64 // of weights, by outcome
	// weights are 1 for the attempts that can begin a ban, 0 for others: of those in a
	// row with one outcome each is another occasion.
	weights []float64
	epochs  []int32 // labels that change with each ban
	n       int
	counter *covariate.Counter // once asked for
}

func (f *banFit) banned(length float64, renews bool) *banned {
	t := f.s.table
	b := &banned{s: f.s, length: length, phases: make([]banPhase, len(t.Attempts)), weights: make([]float64, len(t.Attempts)), epochs: make([]int32, len(t.Attempts)), n: f.part.N}
	passes := f.passesNext()
	until := make([]capture.Instant, f.part.N)
	epoch := make([]int32, f.part.N)
	for l := range epoch {
		epoch[l] = int32(l)
	}
	for i := range t.Attempts {
		l := f.part.Labels[i]
		forced := f.s.forced != nil && f.s.forced[i]
		b.epochs[i] = l
		switch {
		case forced:
			b.add(i, inBan) // of the other mechanism
			continue
		case l < 0:
			b.add(i, noKey)
			continue
		}
		b.epochs[i] = epoch[l]
		at := t.Attempts[i].Answered
		switch {
		case at < until[l]:
			phase := inBan
			if at >= until[l].Add(-t.Jitter) {
				phase = nearEnd
			}
			b.add(i, phase)
			if renews {
				until[l] = at.Add(toDuration(length))
			}
		case until[l].Seen() && at < until[l].Add(2*t.Jitter):
			b.add(i, nearEnd) // the last of a ban may be answered late
		default:
			b.add(i, unbanned)
			if t.Refused[i] && !passes(i, at.Add(toDuration(length)-t.Jitter)) {
				until[l] = at.Add(toDuration(length))
				epoch[l] = int32(b.n)
				b.n++
			}
		}
	}
	return b
}

// passesNext returns whether the attempt of a source after one of its was let through before a
// moment: then a refusal began no ban.
func (f *banFit) passesNext() func(i int, before capture.Instant) bool {
	t := f.s.table
	next, last := make([]int, len(t.Attempts)), make([]int, f.part.N)
	for i := len(next) - 1; i >= 0; i-- {
		if l := f.part.Labels[i]; l >= 0 && (f.s.forced == nil || !f.s.forced[i]) {
			next[i], last[l] = last[l], i
		}
	}
	return func(i int, before capture.Instant) bool {
		k := next[i] // 0 of none, which is nobody's next
		return k > 0 && !t.Refused[k] && t.Attempts[k].Answered < before
	}
}

// add notes into which phase an attempt falls.
func (b *banned) add(i int, phase banPhase) {
	w, refused := b.s.weights[i], b.s.table.Refused[i]
	if phase == unbanned && w > 0 {
		w = 1
		b.weights[i] = w
	}
	b.phases[i] = phase
	b.sums[phase][outcomeOf(refused)] += w
}

// within is the log likelihood of what falls into bans.
func (b *banned) within() float64 {
	return evidence.Table{
		NoAccepted: b.sums[inBan][0], NoRefused: b.sums[inBan][1],
		LeanNoAccepted: b.sums[nearEnd][0], LeanNoRefused: b.sums[nearEnd][1],
		LeanYesAccepted: b.sums[noKey][0], LeanYesRefused: b.sums[noKey][1],
	}.Log()
}

// uncaused is that of the beginnings if bans begin at random.
func (b *banned) uncaused() float64 {
	return evidence.Either.Log(b.sums[unbanned][1], b.sums[unbanned][0])
}

// banStarts is how bans began.
type banStarts struct {
	triggered   int // with a count over the limit
	untriggered int // with one below it
	forgiven    int // counts over the limit that began none
	ended       int // were seen to
}

// predict completes what the rule says of attempts outside bans with what bans do.
func (b *banned) predict(rule prediction) (prediction, banStarts) {
	var starts banStarts
	for i, phase := range b.phases {
		refused := b.s.table.Refused[i]
		switch phase {
		case inBan:
			rule[i] = toRefuse
		case nearEnd:
			rule[i] = rule[i]&(isNear|isApart) | foretell(refused) | isUnsure
		case unbanned:
			rule[i] |= isApart
			switch over := rule[i].refuses(); {
			case over && refused || refused && rule[i].unsure():
				starts.triggered++
			case refused:
				starts.untriggered++
			case over && !rule[i].unsure():
				starts.forgiven++
			}
		}
	}
	return rule, starts
}
