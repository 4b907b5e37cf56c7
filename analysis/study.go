package analysis

import (
	"math"
	"sync"
	"time"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
	"why403/capture"
)

// study is a run prepared for weighing causes: what every cause looks at.
type study struct {
	run      *capture.Run
	table    *covariate.Table
	parts    []covariate.Partition
	weights  []float64 // of table.Attempts
	refused  int       // attempts
	outcomes outcomes
	heavy    float64 // Σ √c over the bursts of refusals
	start    capture.Instant
	majority string // "403", or "close code 1008"
	contexts []context
	texts    []answer // of the refusals, once asked for
	// readings are those by which counts are worth taking.
	readings []covariate.Reading
	// forced are the attempts that another mechanism refuses, nil if none does.
	forced           []bool
	lasted, recorded float64     // seconds: the longest stretch; all that was recorded
	caches           *sync.Mutex // guards found and byPart

	// reached is the best log likelihood of the causes that were weighed in earlier waves,
	// or toReach, what else there is.
	reached, toReach float64
	// nothing is the log likelihood of whoever lets everything through that another
	// mechanism does not refuse.
	nothing float64

	// along is the study of upgrades and token requests together, nil if these tell nothing.
	along *alongside

	// servers are two that keep a limit each, nil if none can be.
	servers *servers

	determined *hypothesis // by the verdict, nil if nothing is
	load       *loadFacts  // nothing suspected, once asked for

	// ruled says that some rule foretells nearly every single refusal, so that
	// chances alone are not the whole story.
	ruled bool

	// beginning is the study of the first part of a long recording, begunWith what
	// it came to; found is what the searches came to, by their key; prefix tells
	// the searches of one fit from those of another.
	beginning *study
	excerpted bool // it is itself of a part
	// passes reports whether a cause is not weighed under a key; nil if all are.
	passes    func(*cause, covariate.Partition) bool
	begunWith []*hypothesis
	found     map[string]found
	prefix    string
	differing *differences
	byPart    map[turnsOf][]covariate.Turn // the turns under each partition's labels
}

func newStudy(run *capture.Run) *study {
	s := &study{run: run, table: covariate.Build(run), found: map[string]found{}, differing: new(differences), caches: new(sync.Mutex), toReach: math.Inf(-1)}
	s.start = started(run)
	s.measure()
	for _, refused := range s.table.Refused {
		if refused {
			s.refused++
		}
	}
	together(s.tellApart, s.weighBursts, s.countOutcomes)
	s.nothing = s.foretellingNothing()
	return s
}

// tellApart parts the attempts in the ways in which causes may tell them apart.
func (s *study) tellApart() {
	if s.refused < fewestRefusals {
		return
	}
	s.parts = s.table.Partitions(inParallel)
	s.contexts = contexts(s)
	s.readings = s.table.CountReadings()
}

// given returns the study of what a prediction leaves over: the attempts that it
// refuses are refused whatever another mechanism says. Those of which it is unsure
// are taken the way they went. Whatever cannot bring both near the best log likelihood of
// all so far is fitted less closely.
func (s *study) given(p prediction, name string, best float64) *study {
	g := *s
	g.prefix += name + " "
	g.toReach = best - s.unsureCost(p)
	g.byPart, g.forced = nil, make([]bool, len(p))
	for i, f := range p {
		g.forced[i] = f.refuses() && !f.unsure() || f.unsure() && !f.silent() && s.table.Refused[i]
	}
	g.nothing = g.foretellingNothing()
	g.along = s.along.given(p, name, best)
	return &g
}

// turnsOf names the turns under labels by a reading.
type turnsOf struct {
	labels  *int32
	reading covariate.Reading
}

// turns returns the changes from refusals to an acceptance under labels.
func (s *study) turns(labels []int32, n int, r covariate.Reading) []covariate.Turn {
	if len(labels) == 0 {
		return nil
	}
	s.caches.Lock()
	defer s.caches.Unlock()
	key := turnsOf{&labels[0], r}
	if turns, known := s.byPart[key]; known {
		return turns
	}
	if s.byPart == nil {
		s.byPart = map[turnsOf][]covariate.Turn{}
	}
	turns := s.table.Turns(labels, n, r, s.forced)
	if s.beginning == nil { // else few ask for them, and there are many
		s.byPart[key] = turns
	}
	return turns
}

// Fewer refusals than these are no pattern yet.
const (
	fewestRefusals = 5
	fewestHeavy    = 3 // after bursts are weighed
)

func (s *study) decidable() bool { return s.refused >= fewestRefusals && s.heavy >= fewestHeavy }

// since returns a moment as seconds since the run's start, gaps between recordings
// included.
func (s *study) since(at capture.Instant) float64 { return at.Sub(s.start).Seconds() }

// elapsed returns how many seconds had been recorded at a moment.
func (s *study) elapsed(at capture.Instant) float64 { return s.table.Axis.Elapsed(at).Seconds() }

// duration is how long the longest stretch of the recording is, in seconds.
func (s *study) duration() float64 { return s.lasted }

// span is the time from the start to the last attempt or the end, gaps included.
func (s *study) span() float64 {
	if s.table.Axis.N() == 1 {
		return s.lasted
	}
	return s.since(s.table.Attempts[len(s.table.Attempts)-1].Answered)
}

// measure sets how long was recorded.
func (s *study) measure() {
	total, longest := s.table.Axis.Total(), s.table.Axis.Longest()
	if n := len(s.table.Attempts); n > 0 {
		last := s.table.Axis.Elapsed(s.table.Attempts[n-1].Answered)
		longest = max(longest, last-(total-longest))
		total = max(total, last)
	}
	s.lasted, s.recorded = max(longest, time.Millisecond).Seconds(), max(total, time.Millisecond).Seconds()
}

// all returns the table of a mechanism that would never refuse, or, for attempts
// that unknown reports, of which nobody can tell.
func (s *study) all(unknown func(i int) bool) evidence.Table {
	var t evidence.Table
	for i, refused := range s.table.Refused {
		w := s.weights[i]
		switch u := unknown(i); {
		case u && refused:
			t.LeanYesRefused += w
		case u:
			t.LeanYesAccepted += w
		case refused:
			t.YesRefused += w
		default:
			t.YesAccepted += w
		}
	}
	return t
}

// burst is how long attempts of one token with one outcome count as one event.
const burst = 10 * time.Second

// tokenBursts sums up the bursts of one token: attempts in a row with the same
// outcome, within 10 s of the first.
type tokenBursts struct {
	attempts, length int
	from             capture.Instant
	refused          bool
	heavy            [2]float64 // Σ √c over bursts of c attempts, by outcome
}

func (b *tokenBursts) add(a *covariate.Attempt) {
	if b.length > 0 && (b.refused != a.Refused || a.Answered.Sub(b.from) > burst) {
		b.settle()
	}
	if b.length == 0 {
		b.from, b.refused = a.Answered, a.Refused
	}
	b.length++
	b.attempts++
}

func (b *tokenBursts) settle() {
	side := 0
	if b.refused {
		side = 1
	}
	b.heavy[side] += math.Sqrt(float64(b.length))
	b.length = 0
}

// weighBursts weighs dependent attempts down: c attempts of a burst are often one event
// seen c times, and weigh √c together. The weight is spread evenly over all
// attempts of the token. If each burst kept its own, the weight of an attempt would
// depend on the outcomes next to it, and outcomes drawn at random would look as if
// they had a memory.
func (s *study) weighBursts() {
	bursts := map[capture.Fingerprint]*tokenBursts{}
	of := make([]*tokenBursts, len(s.table.Attempts))
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		b := bursts[a.Upgrade.Token()]
		if b == nil {
			b = &tokenBursts{}
			bursts[a.Upgrade.Token()] = b
		}
		b.add(a)
		of[i] = b
	}
	s.weights = make([]float64, len(of))
	for i, b := range of {
		if b.length > 0 {
			b.settle()
			s.heavy += b.heavy[1]
		}
		s.weights[i] = (b.heavy[0] + b.heavy[1]) / float64(b.attempts)
	}
}

// found is what a search came to.
type found struct {
	of      string // the mechanism, with the study's prefix
	list    []trial
	nothing float64 // the log likelihood of foretelling nothing
}

// note keeps what a search came to.
func (s *study) note(key, of string, list []trial) {
	s.caches.Lock()
	defer s.caches.Unlock()
	s.found[key] = found{s.prefix + of, list, s.nothing}
}
