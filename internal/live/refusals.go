package live

import (
	"why403/capture"
)

// mostRefusals is how many refusals the page lists.
const mostRefusals = 50

// refusal is one refused upgrade as the page shows it. Heads have had their
// secrets masked before they came here.
type refusal struct {
	Number  int64  `json:"number"` // counts the refusals of the recording from 1
	At      string `json:"at"`     // RFC 3339, UTC
	Status  int    `json:"status"`
	Target  string `json:"target"`
	Token   string `json:"token"` // fingerprint
	Request string `json:"request"`
	Answer  string `json:"answer"`
}

// refusals are the last of them, oldest first.
type refusals struct {
	list  []refusal
	count int64
}

func (r *refusals) add(u *capture.Upgrade) {
	r.count++
	if len(r.list) == mostRefusals {
		copy(r.list, r.list[1:])
		r.list = r.list[:mostRefusals-1]
	}
	r.list = append(r.list, refusal{
		Number: r.count,
		At:     u.Phases.ResponseHead.Time().Format("15:04:05.000"),
		Status: u.Status, Target: u.Target, Token: string(u.Token()),
		Request: string(u.RequestHead.Head()), Answer: string(u.ResponseHead.Head()),
	})
}

// since returns those after a number.
func (r *refusals) since(number int64) []refusal {
	n := min(int(r.count-number), len(r.list))
	return append([]refusal(nil), r.list[len(r.list)-n:]...)
}
