package runfile

import "database/sql/driver"

// shared keeps one copy of each short text: the hosts, paths, outcomes and addresses of
// a million attempts are a few, and a copy for each takes more memory than the numbers.
type shared map[string]driver.Value

const (
	longestShared = 128
	mostShared    = 1 << 16 // texts; from then on new ones are kept as they come
)

func (s shared) value(v driver.Value) driver.Value {
	text, ok := v.(string)
	if !ok || len(text) > longestShared {
		return v
	}
	if have, known := s[text]; known {
		return have
	}
	if len(s) < mostShared {
		s[text] = v
	}
	return v
}
