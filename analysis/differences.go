package analysis

import "sync"

// differences are the properties in which the requests of a study differ, and of all studies that are
// derived from it. Those of a long recording are gathered anew whenever they are asked for, since
// few ask, and they take memory for each attempt: only their number is kept.
type differences struct {
	gathering sync.Mutex
	gathered  bool
	n         int
	list      []feature
}

// differ returns the properties in which requests differ.
func (s *study) differ() []feature {
	p := s.differing
	p.gathering.Lock()
	defer p.gathering.Unlock()
	if p.gathered && s.beginning == nil {
		return p.list
	}
	list := s.features()
	p.gathered, p.n = true, len(list)
	if s.beginning == nil {
		p.list = list
	}
	return list
}

// countDifferences is how many there are.
func (s *study) countDifferences() int {
	if p := s.differing; p.gathered {
		return p.n
	}
	return len(s.differ())
}
