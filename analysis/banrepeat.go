package analysis

// fewestPassed is how many upgrades of others must have been let through during bans.
const fewestPassed = 3

// repeated reports whether bans began in two recordings while others were let through: what
// begins at the same count twice, and is of one address alone, is no accident of either load.
func (s *study) repeated(h *hypothesis) bool {
	type ban struct {
		key    int32
		passed int // of others, since its last refusal
	}
	p, bans, passed := s.partition(h.scope), map[int32]*ban{}, 0
	for i, label := range p.Labels {
		b, refused := bans[s.table.Stretch(i)], s.table.Refused[i]
		switch {
		case label < 0:
		case refused && h.predicted[i].refuses():
			if b == nil {
				b = &ban{}
				bans[s.table.Stretch(i)] = b
			}
			if b.key == label {
				passed += b.passed
			}
			b.key, b.passed = label, 0
		case b != nil && !refused && label != b.key:
			b.passed++
		case b != nil && !refused:
			b.key, b.passed = -1, 0
		}
	}
	return len(bans) > 1 && passed >= fewestPassed
}
