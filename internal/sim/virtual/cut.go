package virtual

import (
	"fmt"
	"slices"
	"time"

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
	case capture.Refused, capture.Dropped, capture.TimedOut, capture.ClientGone:
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
		u.ResponseHead, u.Body, u.BodyBytes = capture.KeptHead{}, nil, 0
		u.Phases.ResponseFirst, u.Phases.ResponseHead, u.Phases.ResponseEnd, u.Phases.Relayed = 0, 0, 0, 0
	}
	return &u
}

// between returns the recording, the n-th of a scene, of what was sent from a moment
// to another. It ends a tenth of a second after the last that it knows of.
func between(run *capture.Run, from, until capture.Instant, n int) *capture.Run {
	own := func(fp capture.Fingerprint) capture.Fingerprint {
		if n == 0 || fp == "" {
			return fp
		}
		return fingerprint(fmt.Sprint(fp, " in ", n))
	}
	part := &capture.Run{Meta: run.Meta, Tokens: map[capture.Fingerprint]capture.Token{}}
	part.ID = fmt.Sprintf("%s-%d", run.ID, n+1)
	part.Started, part.Ended = from, 0
	within := func(at capture.Instant) bool { return from <= at && at < until }
	for _, u := range run.Upgrades {
		if !within(u.Phases.RequestSent) {
			continue
		}
		v := *u
		v.Credentials = nil
		for _, c := range u.Credentials {
			t := run.Tokens[c.Token]
			t.Fingerprint, c.Token = own(c.Token), own(c.Token)
			part.Tokens[c.Token] = t
			v.Credentials = append(v.Credentials, c)
		}
		part.Upgrades = append(part.Upgrades, &v)
	}
	for _, q := range run.TokenRequests {
		if within(q.Done) {
			t := run.Tokens[q.Issued]
			t.Fingerprint, q.Issued = own(q.Issued), own(q.Issued)
			if q.Issued != "" {
				part.Tokens[q.Issued] = t
			}
			part.TokenRequests = append(part.TokenRequests, q)
		}
	}
	for _, c := range run.Clock {
		if within(c.Sent) {
			part.Clock = append(part.Clock, c)
		}
	}
	part.Ended = from.Add(part.Duration()).Add(100 * time.Millisecond)
	return part
}
