package passive

import (
	"fmt"
	"strings"

	"why403/capture"
	"why403/capture/tlswire"
)

// unread counts TLS connections whose content is not known, by reason, and keeps
// some of the client randoms that a key log would have to have.
type unread struct {
	order   []tlswire.Reason
	reasons map[tlswire.Reason]*unreadReason
}

type unreadReason struct {
	loss    capture.Loss
	randoms []string
	first   capture.Instant
}

// shownRandoms is how many client randoms are named for a reason.
const shownRandoms = 8

func (u *unread) add(f *flow, p *tlswire.Problem, at capture.Instant) {
	if u.reasons == nil {
		u.reasons = map[tlswire.Reason]*unreadReason{}
	}
	r := u.reasons[p.Reason]
	if r == nil {
		r = &unreadReason{loss: capture.Loss{At: at, Kind: capture.LostKeys, Detail: string(p.Reason)}, first: at}
		if p.Detail != "" {
			r.loss.Detail += ": " + p.Detail
		}
		u.reasons[p.Reason] = r
		u.order = append(u.order, p.Reason)
	}
	r.loss.Count++
	if p.ClientRandom != [32]byte{} && len(r.randoms) < shownRandoms {
		r.randoms = append(r.randoms, fmt.Sprintf("%x", p.ClientRandom))
	}
}

func (u *unread) flush(put func(capture.Record)) {
	for _, reason := range u.order {
		r := u.reasons[reason]
		put(r.loss)
		if len(r.randoms) == 0 {
			continue
		}
		text := fmt.Sprintf("TLS connections that could not be read (%s): look for client random %s", reason, strings.Join(r.randoms, ", "))
		if more := r.loss.Count - int64(len(r.randoms)); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		put(capture.Note{At: r.first, Text: text + " in the key log"})
	}
	*u = unread{}
}
