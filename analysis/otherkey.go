package analysis

import (
	"fmt"
	"math"

	"why403/analysis/covariate"
	"why403/analysis/evidence"
)

// A limit may be kept under a key that is none of the scopes: a path, a header field, any claim.
// While its keys fill up about evenly, it looks like a limit of all, or like one that moves.

const (
	mostOtherKeys = 64        // values of a property that a limit may be kept under
	mostKeyedWork = 3_000_000 // attempts times properties, above which these are not tried
	// clearlyBetter is by how much the log likelihood must be higher than that of a limit which
	// stays: properties that divide the attempts as its key does explain as much.
	clearlyBetter = 3
)

// otherKey is a limit on the open sockets of each value of a property.
type otherKey struct {
	name  string
	limit int
}

// String names the limit in a sentence: "a limit of 40 open sockets for each path".
func (k *otherKey) String() string {
	return fmt.Sprintf("a limit of %s for each %s", plural(k.limit, "open socket"), k.name)
}

// keptElsewhere returns the limit under another property of the requests that explains the
// outcomes at least as well as a limit that moves or makes mistakes does; nil if none does.
func (s *study) keptElsewhere(h *hypothesis) *otherKey {
	if h.cause != concurrencyCap || len(h.parts) > 0 || h.drift == nil && h.counts.wrong() < fewestMistakes {
		return nil
	}
	least := h.logLik
	if h.drift == nil {
		least += clearlyBetter
	}
	key, limit := s.bestOtherKey(h.reading)
	if key == nil || limit.logLik < least {
		return nil
	}
	return key
}

// unknownKey returns the limit under a property of the requests that is right about nearly all
// that no cause explains, nil if none is.
func (s *study) unknownKey() *otherKey {
	key, limit := s.bestOtherKey(s.table.Readings()[0])
	if key == nil || !s.nearlyRight(limit) || !s.explains(limit) {
		return nil
	}
	return key
}

// bestOtherKey returns the property under which a limit explains the outcomes best, and that
// limit; nil if there is none, or too much was recorded.
func (s *study) bestOtherKey(r covariate.Reading) (*otherKey, *hypothesis) {
	if s.countDifferences()*len(s.table.Attempts) > mostKeyedWork {
		return nil, nil
	}
	fs := s.differ()
	var key *otherKey
	var limit *hypothesis
	for _, f := range fs {
		if len(f.values) > mostOtherKeys {
			continue
		}
		open := func() evidence.Range { return s.table.Open(f.labels, len(f.values), r, 0) }
		result := s.scanCounts(open())
		if math.IsInf(result.Best.LogLik, -1) || limit != nil && result.Best.LogLik <= limit.logLik+rounding {
			continue
		}
		limit = &hypothesis{cause: concurrencyCap}
		s.limit(limit, open(), result, "open sockets")
		key = &otherKey{f.name, int(limit.threshold.Value)}
	}
	return key, limit
}
