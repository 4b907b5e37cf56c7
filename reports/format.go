package reports

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"why403/capture"
)

// count writes n with commas between thousands: 5350 as "5,350".
func count(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// plural writes n and the noun that fits it: "1 upgrade", "1,078 upgrades".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// percent writes a share of 1 with at most one decimal. Only exactly 0 and 1 become
// "0 %" and "100 %"; what rounds to them is "<0.1 %" and ">99.9 %".
func percent(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p <= 0:
		return "0 %"
	case p >= 1:
		return "100 %"
	case p < 0.001:
		return "<0.1 %"
	case p > 0.999:
		return ">99.9 %"
	}
	return short(100*p) + " %"
}

// probability writes a probability, which is never quite 0 or 1.
func probability(p float64) string {
	return percent(min(max(p, 1e-9), 1-1e-9))
}

// share is n of total as a percentage, "–" if there is no total.
func share(n, total int) string {
	if total == 0 {
		return "–"
	}
	return percent(float64(n) / float64(total))
}

// span writes a duration with two significant parts: "1.9 ms", "4.2 s",
// "12 min 4 s", "1 h 5 min", "2 d 3 h".
func span(d time.Duration) string {
	if d < 0 {
		return "−" + span(-d)
	}
	switch {
	case d == 0:
		return "0 s"
	case d < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + " ns"
	case d < 999500*time.Nanosecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < 9950*time.Microsecond:
		return short(float64(d)/1e6) + " ms"
	case d < 999500*time.Microsecond:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d < 9950*time.Millisecond:
		return short(d.Seconds()) + " s"
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	d = d.Round(time.Second)
	switch {
	case d < time.Hour:
		return parts(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < 24*time.Hour:
		d = d.Round(time.Minute)
		return parts(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	d = d.Round(time.Hour)
	return parts(int(d/(24*time.Hour)), "d", int(d%(24*time.Hour)/time.Hour), "h")
}

func parts(a int, unitA string, b int, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unitA)
	}
	return fmt.Sprintf("%d %s %d %s", a, unitA, b, unitB)
}

// short writes v with one decimal, without it if it is 0.
func short(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// number writes v without an exponent and without needless decimals.
func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return count(int(v))
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// moment is a time since the start, to a hundredth of a second, so that an attempt
// can be found in another log: "11.43 s", "2 min 13.40 s".
func moment(d time.Duration) string {
	if d < 0 {
		return "−" + moment(-d)
	}
	d = d.Round(10 * time.Millisecond)
	if d < time.Minute {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	whole := d.Truncate(time.Minute)
	return fmt.Sprintf("%s %05.2f s", span(whole), (d - whole).Seconds())
}

// unitGap is the space between a number and its unit.
var unitGap = regexp.MustCompile(`(\d) (%|(?:[nµm]?s|min|h|d|open|sockets|upgrades)\b)`)

// unbroken keeps numbers and their units on one line, for text set large.
func unbroken(s string) string { return unitGap.ReplaceAllString(s, "$1\u00a0$2") }

// seconds is a number of seconds as a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// date writes a moment to the second, "23 Nov 2026, 06:15:03 UTC".
func date(i capture.Instant) string {
	if !i.Seen() {
		return "not recorded"
	}
	return i.Time().Format("2 Jan 2006, 15:04:05 UTC")
}

// clock writes the time of day to the millisecond, "06:15:03.802".
func clock(i capture.Instant) string {
	if !i.Seen() {
		return "–"
	}
	return i.Time().Format("15:04:05.000")
}

// cut shortens s to at most n bytes at a rune's start, and says how long it was.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	head := strings.ToValidUTF8(s[:n], "")
	return fmt.Sprintf("%s … (%s bytes in all)", head, count(len(s)))
}
