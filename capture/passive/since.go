package passive

import (
	"fmt"
	"slices"

	"why403/capture"
)

// begin drops the attempts that were sent before [Options.Since], which shows only once
// their sockets have ended: those open then stay.
func (o *Observer) begin(run *capture.Run) {
	since := o.opt.Since
	if !since.Seen() {
		return
	}
	earlier := 0
	run.Upgrades = slices.DeleteFunc(run.Upgrades, func(u *capture.Upgrade) bool {
		if u.Phases.RequestSent >= since {
			return false
		}
		if u.Outcome != capture.Accepted || u.Socket.Closed.Seen() && u.Socket.Closed < since {
			return true
		}
		earlier++
		return false
	})
	if earlier > 0 {
		run.Notes = append(run.Notes, capture.Note{At: since, Text: fmt.Sprintf(
			"%d sockets were opened before --since and open then; they count among the upgrades", earlier)})
	}
}
