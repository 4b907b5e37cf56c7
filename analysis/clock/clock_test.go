package clock

import (
	"math/rand/v2"
	"testing"
	"time"

	"why403/capture"
)

// sample is what a server whose clock is ahead by offset puts into Date if it
// answers a request at a moment of ours.
func sample(sent, at, received, offset time.Duration) capture.ClockSample {
	const epoch = capture.Instant(1_790_000_000e9)
	date := epoch.Add(at + offset)
	return capture.ClockSample{
		Sent: epoch.Add(sent), Received: epoch.Add(received),
		Date: date - date%capture.Instant(time.Second), Authority: "gw",
	}
}

func samples(rng *rand.Rand, n int, offset time.Duration) []capture.ClockSample {
	var list []capture.ClockSample
	for range n {
		sent := time.Duration(rng.Int64N(int64(time.Minute)))
		there := time.Duration(rng.Int64N(int64(20 * time.Millisecond)))
		back := time.Duration(rng.Int64N(int64(20 * time.Millisecond)))
		list = append(list, sample(sent, sent+there, sent+there+back, offset))
	}
	return list
}

func TestTruthIsWithinError(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		offset := time.Duration(rng.Int64N(int64(20*time.Second))) - 10*time.Second
		n := 1 + rng.IntN(60)
		got, ok := Estimate(samples(rng, n, offset))
		if !ok || got.Agree != n || got.Samples != n {
			t.Fatalf("seed %d: %+v, %v", seed, got, ok)
		}
		if (got.Offset - offset).Abs() > got.Error {
			t.Errorf("seed %d: %v ± %v, truth %v", seed, got.Offset, got.Error, offset)
		}
		if n > 40 && got.Error > 150*time.Millisecond {
			t.Errorf("seed %d: error %v after %d samples", seed, got.Error, n)
		}
	}
}

func TestFewWrongSamplesAreOutvoted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	list := samples(rng, 30, 2*time.Second)
	list = append(list, samples(rng, 5, -40*time.Second)...)
	got, ok := Estimate(list)
	if !ok || got.Agree != 30 || (got.Offset-2*time.Second).Abs() > got.Error {
		t.Errorf("got %+v, %v", got, ok)
	}
}

func TestUnknown(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	halves := append(samples(rng, 10, 0), samples(rng, 10, time.Hour)...)
	for name, list := range map[string][]capture.ClockSample{
		"no samples":            nil,
		"two clocks, half each": halves,
		"without a date":        {{Sent: 1, Received: 2}},
		"received before sent":  {{Sent: 2e9, Received: 1e9, Date: 1e9}},
	} {
		if got, ok := Estimate(list); ok {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
