package analysis

import "testing"

func TestForecastOfEither(t *testing.T) {
	for _, c := range []struct{ a, b, want forecast }{
		{toRefuse | isUnsure, toAccept, toRefuse | isUnsure},
		{toAccept | isNear, toAccept | isUnsure, toAccept | isNear | isUnsure},
		{0, toAccept, 0}, // whoever has no idea does not say that it is accepted
		{0, toRefuse | isUnsure | isApart, toRefuse | isUnsure},
	} {
		if got, back := c.a.or(c.b), c.b.or(c.a); got != c.want || back != c.want {
			t.Errorf("%05b or %05b is %05b and %05b, want %05b", c.a, c.b, got, back, c.want)
		}
	}
}
