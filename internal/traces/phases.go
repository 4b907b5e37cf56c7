package traces

import (
	"strconv"
	"strings"

	"why403/capture"
)

// phase is a part of an attempt that was seen from its beginning to its end.
type phase struct {
	name     string
	from, to capture.Instant
}

func phasesOf(u *capture.Upgrade) []phase {
	p := u.Phases
	var seen []phase
	for _, one := range []phase{
		{"client tls", p.ConnectAnswered, p.ClientSecured},
		{"resolve", p.ResolveStart, p.Resolved},
		{"dial", p.Resolved, p.Dialed},
		{"gateway tls", p.Dialed, p.Secured},
		{"answer", p.RequestSent, p.ResponseHead},
	} {
		if one.from.Seen() && one.to.Seen() {
			seen = append(seen, one)
		}
	}
	return seen
}

// bounds returns when an attempt began and ended: from the client's connection, or
// its request on a connection that is older, to the answer or the last that was
// seen.
func bounds(u *capture.Upgrade, phases []phase) (begin, end capture.Instant) {
	p := u.Phases
	for _, at := range []capture.Instant{p.Accepted, p.ConnectRead, p.RequestRead, p.RequestSent} {
		if at.Seen() {
			begin = at
			break
		}
	}
	end = max(begin, p.RequestSent, p.ResponseHead, p.Relayed)
	for _, one := range phases {
		end = max(end, one.to)
	}
	return begin, end
}

// describe says what became of an attempt that opened no socket.
func describe(u *capture.Upgrade) string {
	if u.Status != 0 {
		return string(u.Outcome) + " with " + strconv.Itoa(u.Status)
	}
	if u.Failure != "" {
		return string(u.Outcome) + ": " + u.Failure
	}
	return string(u.Outcome)
}

func pathOf(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}

// carrier reads a trace context from a head. It has no way to write one: nothing
// is ever added to a request.
type carrier struct{ head capture.Head }

// Get implements the OpenTelemetry TextMapCarrier.
func (c carrier) Get(name string) string {
	v, _ := c.head.Get(name)
	return v
}

// Set implements the OpenTelemetry TextMapCarrier.
func (carrier) Set(string, string) {}

// Keys implements the OpenTelemetry TextMapCarrier.
func (c carrier) Keys() []string {
	var names []string
	for name := range c.head.Fields() {
		names = append(names, name)
	}
	return names
}
