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

// answerLimit is how much of an answer's body is kept.
func (c *Conn) answerLimit(x *exchange, resp *http1.Response) int {
	if x.upgrade || x.mayIssue(resp) {
		return capture.BodyLimit + slack
	}
	return 0
}

// requestLimit is how much of a request's body is kept.
func (c *Conn) requestLimit(x *exchange) int {
	if x.other != nil && x.other.grant {
		return capture.BodyLimit
	}
	return 0
}

// refused completes a refusal with its body.
func (c *Conn) refused(x *exchange, y *body, whole bool) {
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
		u.Body = c.masked(text, complete)
	}
	c.tell(x)
}

// masked returns the recorded part of a body.
func (c *Conn) masked(text []byte, whole bool) []byte {
	b := []byte(c.tokens.MaskBody(string(text), whole))
	return b[:min(len(b), capture.BodyLimit)]
}

// clock emits a sample of the gateway's clock (RFC 9110 §6.6.1). An answer out of a
// cache (§5.1 of RFC 9111) says when it was made, not what time it is.
func (c *Conn) clock(u *capture.Upgrade, fields http1.Fields) {
	value, ok := fields.Get("Date")
	if !ok || fields.Count("Age") > 0 {
		return
	}
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 MST", time.ANSIC} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() >= 1971 && t.Year() < 2200 {
			c.emit(capture.ClockSample{Sent: u.Phases.RequestSent, Received: u.Phases.ResponseFirst,
				Date: capture.At(t), Authority: orElse(u.Authority, c.opening.Authority)})
			return
		}
	}
}
