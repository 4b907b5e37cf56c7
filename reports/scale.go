package reports

import (
	"math"
	"strconv"
	"time"
)

// scale maps values linearly to positions in user units of a drawing.
type scale struct{ from, to, start, end float64 }

func (s scale) at(v float64) float64 {
	if s.to == s.from {
		return s.start
	}
	return s.start + (v-s.from)/(s.to-s.from)*(s.end-s.start)
}

// px writes a position with one decimal at most.
func px(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if n := len(s) - 2; s[n:] == ".0" {
		s = s[:n]
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// tick is one labelled position on an axis.
type tick struct{ At, Text string }

// countTicks are round whole numbers from 0 up to limit, about n of them.
func countTicks(s scale, n int) []tick {
	step := math.Max(1, roundStep(s.to/float64(n)))
	var out []tick
	for v := 0.0; v <= s.to*1.0001; v += step {
		out = append(out, tick{px(s.at(v)), count(int(v))})
	}
	return out
}

// roundStep is the smallest of 1, 2, 5 times a power of ten that is at least v.
func roundStep(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*power {
			return m * power
		}
	}
	return 10 * power
}

// timeSteps are the distances at which people put marks on a time axis.
var timeSteps = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// timeStep is the smallest customary distance that is at least d; beyond half a
// day a round number of days.
func timeStep(d time.Duration) time.Duration {
	for _, c := range timeSteps {
		if d <= c {
			return c
		}
	}
	const day = 24 * time.Hour
	return time.Duration(roundStep(d.Hours()/24)) * day
}

// timeTicks are about n marks from 0 on an axis in seconds.
func timeTicks(s scale, n int) []tick {
	total := seconds(s.to)
	step := timeStep(total / time.Duration(n))
	var out []tick
	for t := time.Duration(0); t <= total; t += step {
		text := span(t)
		if t == 0 {
			text = "0"
		}
		out = append(out, tick{px(s.at(t.Seconds())), text})
	}
	return out
}
