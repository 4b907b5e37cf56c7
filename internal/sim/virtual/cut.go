package virtual

import (
	"slices"

	"why403/capture"
)

// RefusedAt returns the moments at which the gateway's refusals were seen, in
// order.
func RefusedAt(run *capture.Run) []capture.Instant {
	var at []capture.Instant
	for _, u := range run.Upgrades {
		switch {
		case !turnedAway(u):
		case u.Outcome == capture.Accepted:
			at = append(at, u.Socket.Closing)
		case u.Outcome == capture.Refused:
			at = append(at, u.Phases.ResponseHead)
		default:
			at = append(at, u.Phases.ResponseEnd)
		}
	}
	slices.Sort(at)
	return at
}

// turnedAway reports whether the gateway refused an upgrade in any form.
func turnedAway(u *capture.Upgrade) bool {
	switch u.Outcome {
	case capture.Refused, capture.Dropped, capture.TimedOut:
		return true
	}
	return u.Socket.EndedBy == capture.Gateway && u.Socket.CloseCode != 1001
}

// Until returns what the recording of run would hold had it ended at a moment.
func Until(run *capture.Run, end capture.Instant) *capture.Run {
	cut := *run
	cut.Ended = end
	cut.Upgrades, cut.TokenRequests, cut.Clock = nil, nil, nil
	for _, u := range run.Upgrades {
		if u.Phases.RequestSent <= end {
			cut.Upgrades = append(cut.Upgrades, upgradeUntil(*u, end))
		}
	}
	for _, q := range run.TokenRequests {
		if q.Done <= end {
			cut.TokenRequests = append(cut.TokenRequests, q)
		}
	}
	for _, c := range run.Clock {
		if c.Received <= end {
			cut.Clock = append(cut.Clock, c)
		}
	}
	return &cut
}

func upgradeUntil(u capture.Upgrade, end capture.Instant) *capture.Upgrade {
	if u.Socket.Closed > end {
		closing := u.Socket.Closing
		u.Socket = capture.Socket{Opened: u.Socket.Opened}
		if closing.Seen() && closing <= end {
			u.Socket.Closing = closing
		}
	}
	if u.Phases.ResponseHead > end || u.Phases.ResponseEnd > end {
		u.Outcome, u.Status, u.Failure, u.Socket = capture.Pending, 0, "", capture.Socket{}
		u.ResponseHead, u.Body, u.BodyBytes = "", nil, 0
		u.Phases.ResponseFirst, u.Phases.ResponseHead, u.Phases.ResponseEnd, u.Phases.Relayed = 0, 0, 0, 0
	}
	return &u
}
