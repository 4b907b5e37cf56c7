package covariate

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"why403/capture"
)

const base = capture.Instant(1_790_000_000_000_000_000)

// scattered is a table of attempts at random moments under three labels.
func scattered(n int) (*Table, []int32) {
	r := rand.New(rand.NewPCG(1, 2))
	run := &capture.Run{}
	labels := make([]int32, n)
	at := base
	for i := range n {
		at = at.Add(time.Duration(r.IntN(400)) * time.Millisecond)
		u := &capture.Upgrade{Conn: int64(i + 1), Exchange: 1, Outcome: capture.Accepted, Status: 101}
		u.Phases.RequestSent, u.Phases.ResponseFirst = at, at.Add(time.Millisecond)
		u.Socket.Opened = u.Phases.ResponseFirst
		if r.IntN(3) == 0 {
			u.Outcome, u.Status, u.Socket = capture.Refused, 403, capture.Socket{}
		}
		run.Upgrades = append(run.Upgrades, u)
		labels[i] = int32(r.IntN(4)) - 1
	}
	return Build(run), labels
}

// Counting by looking at every pair of attempts comes to the same.
func TestTrailingMatchesPairs(t *testing.T) {
	table, labels := scattered(400)
	for _, counting := range []Counting{LetThrough, AllAttempts} {
		window := 3 * time.Second
		got := table.Counter(labels, 3, Reading{}, counting).Trailing(window)
		for i, a := range table.Attempts {
			if labels[i] < 0 {
				if got.Hi[i] != math.MaxInt32 {
					t.Fatalf("attempt %d has no label and a bound of %d", i, got.Hi[i])
				}
				continue
			}
			var want int32
			for j, b := range table.Attempts[:i] {
				if labels[j] == labels[i] && b.Answered.Add(window) > a.Answered && (counting == AllAttempts || !b.Refused) {
					want++
				}
			}
			if got.Mid[i] != want {
				t.Fatalf("attempt %d: %d within the window, want %d", i, got.Mid[i], want)
			}
			if got.Lo[i] > want || got.Hi[i] < want {
				t.Fatalf("attempt %d: %d not in [%d, %d]", i, want, got.Lo[i], got.Hi[i])
			}
		}
	}
}

func TestFixedMatchesPairs(t *testing.T) {
	table, labels := scattered(400)
	window, phase := 7*time.Second, base.Add(-20*time.Second)
	number := func(at capture.Instant) int64 { return int64(at.Sub(phase) / window) }
	got := table.Counter(labels, 3, Reading{}, LetThrough).Fixed(window, phase)
	for i, a := range table.Attempts {
		if labels[i] < 0 {
			continue
		}
		var want int32
		for j, b := range table.Attempts[:i] {
			if labels[j] == labels[i] && number(b.Answered) == number(a.Answered) && !b.Refused {
				want++
			}
		}
		if got.Mid[i] != want || got.Lo[i] > want || got.Hi[i] < want {
			t.Fatalf("attempt %d: %d in [%d, %d], want %d", i, got.Mid[i], got.Lo[i], got.Hi[i], want)
		}
	}
}

func TestEstimatedMatchesPairs(t *testing.T) {
	table, labels := scattered(400)
	window, phase := 7*time.Second, base.Add(-20*time.Second)
	number := func(at capture.Instant) int64 { return int64(at.Sub(phase) / window) }
	got := table.Counter(labels, 3, Reading{}, LetThrough).Estimated(window, phase, 0)
	for i, a := range table.Attempts {
		if labels[i] < 0 {
			continue
		}
		covered := 1 - float64(a.Answered.Sub(phase)%window)/float64(window)
		want := 0.0
		for j, b := range table.Attempts[:i] {
			if labels[j] != labels[i] || b.Refused {
				continue
			}
			switch number(a.Answered) - number(b.Answered) {
			case 0:
				want++
			case 1:
				want += covered
			}
		}
		if v := got.Value(got.Mid[i]); math.Abs(v-want) > EstimateUnit || got.Value(got.Lo[i]) > want || got.Value(got.Hi[i]) < want-EstimateUnit {
			t.Fatalf("attempt %d: %v in [%v, %v], want %v", i, v, got.Value(got.Lo[i]), got.Value(got.Hi[i]), want)
		}
	}
}

// A bucket that leaks as fast as it is filled never rises above one.
func TestBucketLevel(t *testing.T) {
	table, _ := scattered(50)
	for i := range table.Attempts {
		table.Attempts[i].Refused, table.Refused[i] = false, false
		table.Attempts[i].Answered = base.Add(time.Duration(i) * time.Second)
		table.answeredAt[i] = table.Attempts[i].Answered
	}
	one := make([]int32, 50)
	for _, c := range []struct {
		rate  float64
		level float64 // under the last attempt
	}{{1, 0}, {0.5, 24.5}, {2, 0}} {
		got := table.Counter(one, 1, Reading{}, LetThrough).Bucket(c.rate, 0)
		if level := got.Value(got.Mid[49]); math.Abs(level-c.level) > BucketUnit {
			t.Errorf("rate %v: level %v, want %v", c.rate, level, c.level)
		}
	}
}

// What is refused behind a bucket has taken a token, unless there was none.
func TestBucketSpending(t *testing.T) {
	const n = 40
	table, _ := scattered(n)
	behind := make([]bool, n) // every other one
	for i := range n {
		behind[i] = i%2 == 1
		table.Refused[i] = behind[i]
		table.Attempts[i].Answered = base.Add(time.Duration(i) * time.Second)
		table.answeredAt[i] = table.Attempts[i].Answered
	}
	one := make([]int32, n)
	plain := table.Counter(one, 1, Reading{}, LetThrough)
	for _, c := range []struct {
		name  string
		room  float64
		m     *Counter
		level float64 // under the last attempt, at half a token a second
	}{
		{"behind the other", 100, plain, 0.5},
		{"in front", 100, plain.Spending(behind), 19.5},
		{"in front, and empty", 3, plain.Spending(behind), 2.5},
	} {
		got := c.m.Bucket(0.5, c.room)
		if level := got.Value(got.Mid[n-1]); math.Abs(level-c.level) > BucketUnit {
			t.Errorf("%s: level %v, want %v", c.name, level, c.level)
		}
	}
}

func TestTurns(t *testing.T) {
	table, labels := scattered(400)
	refusals := 0
	for _, turn := range table.Turns(labels, 3, Reading{}, nil) {
		refusals += turn.Refusals
		if turn.Last < turn.First || turn.Accepted.Seen() && turn.Accepted < turn.Last {
			t.Errorf("a run from %d to %d, then accepted at %d", turn.First, turn.Last, turn.Accepted)
		}
	}
	want := 0
	for i, refused := range table.Refused {
		if refused && labels[i] >= 0 {
			want++
		}
	}
	if refusals != want {
		t.Errorf("%d refusals in runs, want %d", refusals, want)
	}
}
