package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// plural returns "1 socket", "2 sockets".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func number(n int) string { return strconv.Itoa(n) }

// per returns " per token", and nothing for the global scope.
func per(scope string) string {
	switch scope {
	case "global":
		return ""
	case "client":
		return " per client id"
	case "source":
		return " per source address"
	case "edge":
		return " per gateway address"
	}
	return " per " + scope
}

// seconds returns a time for people: "340 ms", "12 s", "3 min 20 s", "2 h 5 min".
func seconds(v float64) string {
	switch sign, a := "", math.Abs(v); {
	case v < 0:
		return "−" + seconds(a)
	case a == 0:
		return "0 s"
	case a < 0.0009995:
		return fmt.Sprintf("%s%.0f µs", sign, 1e6*a)
	case a < 0.00995:
		return sign + strings.TrimSuffix(fmt.Sprintf("%.1f", 1000*a), ".0") + " ms"
	case a < 0.9995:
		return fmt.Sprintf("%s%.0f ms", sign, 1000*a)
	case a < 9.95:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", a), ".0") + " s"
	case a < 59.5:
		return fmt.Sprintf("%.0f s", a)
	case a < 3569.5:
		return two(int(math.Round(a)), 60, "min", "s")
	case a < 48*3600:
		return two(int(math.Round(a/60)), 60, "h", "min")
	default:
		return two(int(math.Round(a/3600)), 24, "d", "h")
	}
}

// two returns n in two units, the larger holding size of the smaller.
func two(n, size int, large, small string) string {
	if n%size == 0 {
		return fmt.Sprintf("%d %s", n/size, large)
	}
	return fmt.Sprintf("%d %s %d %s", n/size, large, n%size, small)
}

func percent(p float64) string {
	switch {
	case p > 0.99 && p < 1:
		return "over 99 %"
	case p > 0 && p < 0.01:
		return "under 1 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// extent is the range of some values.
type extent struct {
	n        int
	min, max float64
}

func (e *extent) add(v float64) {
	if e.n == 0 || v < e.min {
		e.min = v
	}
	if e.n == 0 || v > e.max {
		e.max = v
	}
	e.n++
}

// String writes both ends, or one if they are the same.
func (e extent) String() string {
	switch {
	case e.n == 0:
		return "never seen"
	case e.min == e.max:
		return fmt.Sprintf("%.0f", e.min)
	}
	return fmt.Sprintf("%.0f to %.0f", e.min, e.max)
}

func (e extent) seconds() string {
	if e.n == 0 {
		return "of unknown age"
	}
	if seconds(e.min) == seconds(e.max) {
		return seconds(e.min)
	}
	return seconds(e.min) + " to " + seconds(e.max)
}

// verdictOn says how often a mechanism would have been right.
func verdictOn(what string, h *hypothesis, s *study) string {
	accepted := len(s.table.Attempts) - s.refused
	if h.counts.N10+h.counts.N01 == 0 {
		return fmt.Sprintf("%s is right about all %s and all %s", what, plural(s.refused, "refusal"), plural(accepted, "acceptance"))
	}
	return fmt.Sprintf("%s is right about %d of %s and wrong about %d of %s", what,
		h.counts.N11, plural(s.refused, "refusal"), h.counts.N10, plural(accepted, "acceptance"))
}

// round rounds to a number of decimal places, so that JSON does not show what no
// measurement holds.
func round(v float64, places int) float64 {
	scale := math.Pow10(places)
	if r := math.Round(v*scale) / scale; !math.IsInf(r, 0) {
		return r + 0 // no negative zero
	}
	return v
}
