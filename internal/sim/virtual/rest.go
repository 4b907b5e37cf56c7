package virtual

// useFor is how long a socket opened after the rest stays open, and how long its thread
// waits before it opens the next, in seconds.
const useFor = 0.5

// rests puts an attempt off that falls into the load's rest, which is half as long for every
// second thread.
func (t *thread) rests() bool {
	l := t.load
	from, end := t.over-l.Until+l.Rest, t.over-lateBy-float64(l.Uses)*3*useFor
	if t.number%2 == 1 {
		end = from + (end-from)/2
	}
	if l.Rest == 0 || t.now < from || t.now >= end {
		return false
	}
	t.at(end+lateBy*t.world.load.Float64(), func() {
		t.left = l.Uses
		t.attempt()
	})
	return true
}

// useAgain arranges the next use of a token after the rest.
func (t *thread) useAgain() {
	if t.left--; t.left > 0 {
		t.after(useFor, t.iterate)
	}
}
