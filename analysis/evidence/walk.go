package evidence

import "math"

// walk goes over steps in their order.
type walk struct {
	*Steps
	left [kinds][]mark
	next int32   // count
	at   float64 // the value of the last step, −Inf before the first
	own  step
}

func (s *Steps) walk() walk { return walk{Steps: s, left: s.marks, at: math.Inf(-1)} }

// peek returns the value of the next step, false at the end: of counts the next count, else
// the least that is left.
func (w *walk) peek() (at float64, more bool) {
	if w.counts {
		return float64(w.next) * w.unit, w.next <= w.most
	}
	for _, left := range w.left {
		if len(left) > 0 && (!more || left[0].at < at) {
			at, more = left[0].at, true
		}
	}
	return at, more
}

// step returns the next step up to a value, nil if there is none.
func (w *walk) step(upTo float64) *step {
	at, more := w.peek()
	if !more || at > upTo {
		return nil
	}
	return w.steps(at)
}

// steps returns the weights of all steps up to a value as those of one.
func (w *walk) steps(upTo float64) *step {
	if w.counts {
		return w.countsUpTo(min(int32(upTo/w.unit+0.5), w.most))
	}
	w.own = step{}
	w.marksUpTo(upTo)
	return &w.own
}

func (w *walk) countsUpTo(last int32) *step {
	w.at = float64(last) * w.unit
	first := w.next
	w.next = last + 1
	if w.added != nil && first == last {
		return &w.added[last]
	}
	w.own = step{}
	if w.added == nil {
		at := w.at
		w.marksUpTo(at)
		w.at = at // though nothing may lie there
		return &w.own
	}
	for i := first; i <= last; i++ {
		w.own.addAll(&w.added[i])
	}
	return &w.own
}

// marksUpTo adds up the marks up to a value, and goes to the last of them.
func (w *walk) marksUpTo(upTo float64) {
	for kind, left := range w.left {
		sum, n := &w.own[kind], 0
		for n < len(left) && left[n].at <= upTo {
			sum.add(left[n])
			n++
		}
		if n > 0 {
			w.at = max(w.at, left[n-1].at)
			w.left[kind] = left[n:]
		}
	}
}

func (s *step) addAll(o *step) {
	for kind := range s {
		s[kind][0] += o[kind][0]
		s[kind][1] += o[kind][1]
	}
}
