package covariate

import (
	"math"

	"why403/capture"
)

// Each visits the attempts in the order of the counter's reading.
func (m *Counter) Each(visit func(i int32, at capture.Instant)) {
	order, moments := m.t.moments(m.reading)
	for k, i := range order {
		visit(i, moments[k])
	}
}

// Buckets are the token buckets of a counter, one a label, whose rate and burst are looked
// for: all that deciding takes, label after label, since many rates are tried.
type Buckets struct {
	meetings []meeting
	spends   bool // see [Counter.Spending]
}

// meeting is an attempt and the bucket of its label.
type meeting struct {
	pause float64 // nanoseconds since the one before, infinite for the first of a label
	deed  deed
}

// deed is what became of an attempt, and so of a bucket.
type deed int8

const (
	took    deed = iota // let through
	tookFor             // let through though another mechanism would have refused it
	failed              // refused
	spent               // refused by the other mechanism, which takes a token if there is one
	unmet               // refused by the other mechanism, in front of the bucket
)

// deed returns what became of the attempt at k.
func (m *Counter) deed(k int32, forced bool) deed {
	switch {
	case m.counted[k] && forced:
		return tookFor
	case m.counted[k]:
		return took
	case !forced:
		return failed
	case m.spent != nil:
		return spent
	}
	return unmet
}

// Buckets returns the buckets of a counter of what was let through. Attempts marked in
// forced, nil if none are, are refused by another mechanism whatever a bucket says.
func (m *Counter) Buckets(forced []bool) *Buckets {
	b := &Buckets{spends: m.spent != nil, meetings: make([]meeting, len(m.who))}
	for l := range m.labels() {
		pause := math.Inf(1)
		for k := m.begins[l]; k < m.begins[l+1]; k++ {
			if k > m.begins[l] {
				pause = float64(m.at[k] - m.at[k-1])
			}
			b.meetings[k] = meeting{pause, m.deed(k, forced != nil && forced[m.who[k]])}
		}
	}
	return b
}

// Misjudged is what a bucket decides in another way than the gateway did: it was empty for
// what was let through, or had a token for what was refused.
type Misjudged struct{ Empty, Spared int }

// Wrong is how many decisions differ.
func (w Misjudged) Wrong() int { return w.Empty + w.Spared }

// Surplus is how many more the bucket refuses than were: the less, the higher its rate.
func (w Misjudged) Surplus() int { return w.Empty - w.Spared }

// Judge lets buckets of three rates a second and with a burst decide, which takes hardly
// longer than to judge one. What was let through fills them, as with [Counter.Bucket].
func (b *Buckets) Judge(rates [3]float64, burst float64) [3]Misjudged {
	for k := range rates {
		rates[k] /= 1e9 // to nanoseconds
	}
	return b.judge(rates, burst-1)
}

// judge sets the levels right by what became of the attempts where others spend tokens, see
// [Counter.after]: who was let through had room, who was refused had none.
func (b *Buckets) judge(rates [3]float64, room float64) [3]Misjudged {
	most, least := math.Inf(1), 0.0
	if b.spends {
		most, least = room, room
	}
	var u, v, w Misjudged
	var x, y, z float64 // levels
	for _, m := range b.meetings {
		x, y, z = drained(x, rates[0]*m.pause), drained(y, rates[1]*m.pause), drained(z, rates[2]*m.pause)
		switch m.deed {
		case took:
			u.foundEmpty(x > room)
			v.foundEmpty(y > room)
			w.foundEmpty(z > room)
			x, y, z = min(x, most)+1, min(y, most)+1, min(z, most)+1
		case tookFor:
			x, y, z = min(x, most)+1, min(y, most)+1, min(z, most)+1
		case failed:
			u.foundTokens(x <= room)
			v.foundTokens(y <= room)
			w.foundTokens(z <= room)
			x, y, z = max(x, least), max(y, least), max(z, least)
		case spent:
			x, y, z = spentOf(x, room), spentOf(y, room), spentOf(z, room)
		}
	}
	return [3]Misjudged{u, v, w}
}

func drained(level, by float64) float64 {
	if level -= by; level < 0 {
		return 0
	}
	return level
}

// spentOf is the level after an attempt that takes a token if there is one.
func spentOf(level, room float64) float64 {
	if level <= room {
		return level + 1
	}
	return level
}

func (w *Misjudged) foundEmpty(yes bool) {
	if yes {
		w.Empty++
	}
}

func (w *Misjudged) foundTokens(yes bool) {
	if yes {
		w.Spared++
	}
}
