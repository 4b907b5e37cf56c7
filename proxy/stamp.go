package proxy

import (
	"time"

	"why403/capture"
)

// clock stamps moments that never run backwards: the wall clock once, at the
// start, and the monotonic clock from there. A wall clock that is set during a run
// would put an answer before its request.
type clock struct {
	start time.Time
	wall  capture.Instant
}

func newClock() clock {
	now := time.Now()
	return clock{start: now, wall: capture.At(now)}
}

func (c clock) now() capture.Instant { return c.wall + capture.Instant(time.Since(c.start)) }
