package dissect

import (
	"fmt"
	"time"

	"why403/capture"
	"why403/capture/http1"
)

// slack is how much more of a body is kept than recorded: a secret across the limit
// is masked as a whole before what is over the limit goes.
const slack = 4 << 10

// answerLimit is how much of an answer's body of that media type is kept.
func (x *exchange) answerLimit(kind string) int {
	if x.upgrade || x.mayIssue(kind) {
		return capture.BodyLimit + slack
	}
	return 0
}

// requestLimit is how much of a request's body is kept.
func (x *exchange) requestLimit() int {
	if x.other != nil && x.other.grant {
		return capture.BodyLimit
	}
	return 0
}

// answered keeps the head of an answer that makes no WebSocket.
func (d *desk) answered(x *exchange, head string) {
	if !x.upgrade {
		x.other.answer = head
		return
	}
	x.head = ""
	x.u.Outcome = capture.Refused
	x.u.ResponseHead = d.tokens.MaskHead(head).Keep()
}

// refused completes a refusal with its body.
func (d *desk) refused(x *exchange, y *body, whole bool) {
	u := x.u
	u.BodyBytes = y.size
	if !whole {
		odd := "the body of the answer is not complete"
		if y.framing.Kind == http1.Sized && y.size < y.framing.Length {
			odd = fmt.Sprintf("the body of the answer ended %d bytes early", y.framing.Length-y.size)
		}
		u.Oddities = append(clipped(u.Oddities), odd)
	}
	coding, _ := u.ResponseHead.Get("Content-Encoding")
	text, complete, ok := decoded(coding, y.kept, !y.cut)
	if !ok {
		u.Oddities = append(clipped(u.Oddities), fmt.Sprintf("body not kept: its coding %.40q cannot be read, so secrets in it cannot be masked", coding))
	} else if len(text) > 0 {
		u.Body = d.masked(text, complete)
	}
	d.tell(x)
}

// masked returns the recorded part of a body.
func (d *desk) masked(text []byte, whole bool) []byte {
	b := []byte(d.tokens.MaskBody(string(text), whole))
	return b[:min(len(b), capture.BodyLimit)]
}

// clock emits a sample of the gateway's clock (RFC 9110 §6.6.1). An answer out of a
// cache (§5.1 of RFC 9111) says when it was made, not what time it is.
func (d *desk) clock(u *capture.Upgrade, date string, cached bool) {
	if date == "" || cached {
		return
	}
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 MST", time.ANSIC} {
		if t, err := time.Parse(layout, date); err == nil && t.Year() >= 1971 && t.Year() < 2200 {
			d.emit(capture.ClockSample{Sent: u.Phases.RequestSent, Received: u.Phases.ResponseFirst,
				Date: capture.At(t), Authority: u.Authority})
			return
		}
	}
}
