package reports

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"why403/analysis"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 5350: "5,350", 1234567: "1,234,567", -4200: "-4,200", -100: "-100"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0: "0 %", 1: "100 %", 0.984: "98.4 %", 0.46: "46 %", 0.00001: "<0.1 %", 0.99999: ">99.9 %", 0.001: "0.1 %", 0.999: "99.9 %"} {
		if got := percent(p); got != want {
			t.Errorf("percent(%v) = %q, want %q", p, got, want)
		}
	}
}

func TestProbabilityIsNeverCertain(t *testing.T) {
	for p, want := range map[float64]string{0: "<0.1 %", 1: ">99.9 %", 0.5: "50 %"} {
		if got := probability(p); got != want {
			t.Errorf("probability(%v) = %q, want %q", p, got, want)
		}
	}
}

func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		cause string
		in    analysis.Threshold
		want  string
	}{
		{"concurrency-cap", analysis.Threshold{Value: 450, Low: 449, High: 450, Unit: "open sockets"}, "450 open sockets (449 to 450 fit as well)"},
		{"quota", analysis.Threshold{Value: 45, Unit: "upgrades"}, "45 upgrades"},
		{"token-too-old", analysis.Threshold{Value: 90, Low: 88, High: 92, Unit: "s"}, "older than 1 min 30 s (1 min 28 s to 1 min 32 s fit as well)"},
		{"token-expired", analysis.Threshold{Value: -60, Low: -70, High: -50, Unit: "s"}, "1 min before expiry (50 s to 1 min 10 s fit as well)"},
		{"token-expired", analysis.Threshold{Value: 0, Low: -0.2, High: 0.4, Unit: "s"}, "at expiry (−200 ms to 400 ms fit as well)"},
		{"outage", analysis.Threshold{Value: 89, Low: 89, High: 89, Unit: "s"}, "1 min 29 s after the start"},
	} {
		if got := threshold(c.cause, c.in); got != c.want {
			t.Errorf("threshold of %s is %q, want %q", c.cause, got, c.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 7: "7 ns", 30 * time.Microsecond: "30 µs", 999_600: "1 ms", 1900 * time.Microsecond: "1.9 ms",
		9960 * time.Microsecond: "10 ms", 80 * time.Millisecond: "80 ms", 999_600_000: "1 s", 4200 * time.Millisecond: "4.2 s",
		59*time.Second + 600*time.Millisecond: "1 min", 90 * time.Second: "1 min 30 s", 724 * time.Second: "12 min 4 s",
		59*time.Minute + 59*time.Second + 700*time.Millisecond: "1 h", 65 * time.Minute: "1 h 5 min", 51 * time.Hour: "2 d 3 h",
		23*time.Hour + 59*time.Minute + 45*time.Second: "24 h", -2 * time.Second: "−2 s",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", time.Duration(d), got, want)
		}
	}
}

func TestAgeRange(t *testing.T) {
	for _, c := range []struct {
		low, high time.Duration
		want      string
	}{
		{0, 8 * time.Minute, "0–8 min"}, {8 * time.Minute, 16 * time.Minute, "8–16 min"}, {40 * time.Second, time.Minute, "40 s – 1 min"},
		{90 * time.Second, 2 * time.Minute, "1 min 30 s – 2 min"}, {time.Hour, 90 * time.Minute, "1 h – 1 h 30 min"},
	} {
		if got := ageRange(c.low, c.high); got != c.want {
			t.Errorf("ageRange(%v, %v) = %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestTicks(t *testing.T) {
	texts := func(ticks []tick) string {
		var out []string
		for _, x := range ticks {
			out = append(out, x.Text)
		}
		return strings.Join(out, " | ")
	}
	for _, c := range []struct {
		got  []tick
		want string
	}{
		{countTicks(scale{0, 450, 0, 100}, 4), "0 | 200 | 400"},
		{countTicks(scale{0, 1, 0, 100}, 4), "0 | 1"},
		{countTicks(scale{0, 2400, 0, 100}, 4), "0 | 1,000 | 2,000"},
		{timeTicks(scale{0, 1200, 0, 100}, 8), "0 | 5 min | 10 min | 15 min | 20 min"},
		{timeTicks(scale{0, 0.012, 0, 100}, 4), "0 | 5 ms | 10 ms"},
		{timeTicks(scale{0, 86400 * 10, 0, 100}, 5), "0 | 2 d | 4 d | 6 d | 8 d | 10 d"},
		{timeTicks(scale{0, 0, 0, 100}, 5), "0"},
	} {
		if got := texts(c.got); got != c.want {
			t.Errorf("ticks %q, want %q", got, c.want)
		}
	}
}

func TestWrapKeepsWithinItsWidth(t *testing.T) {
	for _, c := range fixtures {
		var b strings.Builder
		if err := Explain(&b, c.make().f); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(l, "\n")); n > explainWidth {
				t.Errorf("%s: a line of %d characters: %q", c.name, n, l)
			}
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ntext": "plain\ntext", "\x1b[31m": "␛[31m", "\x00\x7f": "␀␡", "a\u202eb": "a‹U+202E›b", "\xff": `\xff`, "a\tb": "a→b",
		"\u0085": "‹U+0085›", "\ufeff": "‹U+FEFF›", "naïve “é”": "naïve “é”",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzVisible checks that nothing invisible is left, that what is visible stays,
// and that doing it twice changes nothing.
func FuzzVisible(f *testing.F) {
	f.Add("abc\x1b\u202e\xff\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := visible(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, isInvisible) {
			t.Fatalf("visible(%q) = %q", s, got)
		}
		if visible(got) != got {
			t.Fatalf("visible(%q) is not stable: %q", s, got)
		}
		if utf8.ValidString(s) && !strings.ContainsFunc(s, isInvisible) && got != s {
			t.Fatalf("visible changed %q to %q", s, got)
		}
	})
}

func TestSlugs(t *testing.T) {
	s := slugs{}
	for _, c := range []struct{ in, want string }{
		{"finding-Token Age", "finding-token-age"}, {"finding token age", "finding-token-age-2"}, {`x"><b>`, "x-b"},
	} {
		if got := s.take(c.in); got != c.want {
			t.Errorf("anchor of %q is %q, want %q", c.in, got, c.want)
		}
	}
}

func TestUnbrokenKeepsUnitsWithTheirNumbers(t *testing.T) {
	const gap = "\u00a0"
	in, want := "a cap (21 %) of 45 sockets, 12 s on", "a cap (21"+gap+"%) of 45"+gap+"sockets, 12"+gap+"s on"
	if got := unbroken(in); got != want {
		t.Errorf("unbroken(%q) = %q, want %q", in, got, want)
	}
}

func TestMomentKeepsHundredths(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                         "0.00 s",
		11_426 * time.Millisecond: "11.43 s",
		59_999 * time.Millisecond: "1 min 00.00 s",
		73_402 * time.Millisecond: "1 min 13.40 s",
		-50 * time.Millisecond:    "−0.05 s",
		2*time.Hour + 3*time.Minute + 4*time.Second: "2 h 3 min 04.00 s",
	} {
		if got := moment(d); got != want {
			t.Errorf("moment(%v) = %q, want %q", d, got, want)
		}
	}
}
