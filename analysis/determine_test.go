package analysis

import "testing"

// Bans of which one was seen to end may be what a quota beside missing tokens seems to be.
func TestBanIsRivalOfQuotaBeside(t *testing.T) {
	calls := func(list ...int8) (p prediction) {
		for _, c := range list {
			p = append(p, foretell(c > 0))
		}
		return p
	}
	window, missing := &hypothesis{cause: quota, predicted: calls(-1, -1, 1, 1)}, &hypothesis{cause: tokenMissing, predicted: calls(1, -1, -1, 1)}
	pair := &hypothesis{cause: quota, parts: []*hypothesis{window, missing}, predicted: calls(1, -1, 1, 1)}
	for _, c := range []struct {
		ban   prediction
		ended int
		want  bool
	}{
		{calls(-1, -1, 1, 1), 1, true},
		{calls(-1, -1, -1, 1), 1, true},
		{calls(-1, 1, -1, 1), 1, false},
		{calls(-1, -1, 1, 1), 2, false},
	} {
		ban := &hypothesis{cause: sourceBan, predicted: c.ban, starts: banStarts{triggered: 1, ended: c.ended}}
		if got := pair.likeBanBeside(ban); got != c.want {
			t.Errorf("%+v ended %d: %v", c.ban, c.ended, got)
		}
	}
}
