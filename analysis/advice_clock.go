package analysis

import (
	"fmt"
	"math"
)

// From these on a clock's offset is worth a word, and a warning, in seconds.
const (
	offsetNotable = 2.0
	offsetUrgent  = 30.0
)

// clockOffset finds a gateway whose clock differs from the recorder's.
func clockOffset(s *study) *Advice {
	c := s.table.Clock
	off, err := c.Offset.Seconds(), c.Error.Seconds()
	if !s.table.ClockSet || math.Abs(off)-err < offsetNotable {
		return nil
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	return &Advice{
		Name: "clock-offset", Urgent: math.Abs(off)-err >= offsetUrgent,
		Says: fmt.Sprintf("The gateway's clock is %s (± %s) %s that of the machine that recorded; times of tokens were compared on the gateway's.", seconds(math.Abs(off)), seconds(err), way),
		Do:   []string{"Set both clocks by NTP; whoever of them is wrong, tokens are judged by the gateway's clock and issued by the issuer's."},
	}
}
