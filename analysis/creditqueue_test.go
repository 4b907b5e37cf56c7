package analysis

import (
	"testing"

	"why403/analysis/covariate"
)

// Where acceptances wait as in a queue, what speaks for unknown speaks for overload as much.
func TestQueueIsNoUnknown(t *testing.T) {
	for _, queues := range []bool{true, false} {
		none, soft := &hypothesis{cause: unknown, logEvidence: -50}, &hypothesis{cause: overload, soft: true, logEvidence: -80}
		other := &hypothesis{cause: quota, logEvidence: -70}
		s := &study{table: &covariate.Table{Queues: queues}}
		s.creditQueue([]*hypothesis{other, soft, none})
		if (soft.logEvidence == none.logEvidence) != queues || other.logEvidence != -70 {
			t.Errorf("queues %v: overload %v, quota %v", queues, soft.logEvidence, other.logEvidence)
		}
	}
}
