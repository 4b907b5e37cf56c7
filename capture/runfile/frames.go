package runfile

import (
	"database/sql/driver"
	"slices"
	"time"

	"why403/capture"
)

// frameColumns count what a socket's sides sent, all zero or NULL if nothing was seen.
var frameColumns = inFrames(slices.Concat(
	[]column[capture.Frames]{
		integer("pings", func(f *capture.Frames) *int { return &f.Pings }),
		integer("ping_min_ns", func(f *capture.Frames) *time.Duration { return &f.PingMin }),
		integer("ping_max_ns", func(f *capture.Frames) *time.Duration { return &f.PingMax }),
		integer("ping_sum_ns", func(f *capture.Frames) *time.Duration { return &f.PingSum }),
	},
	trafficColumns("client", func(f *capture.Frames) *capture.Traffic { return &f.FromClient }),
	trafficColumns("server", func(f *capture.Frames) *capture.Traffic { return &f.FromServer }),
))

// frameless are attempts as they are read without their frames.
var frameless = func() table[upgrade] {
	t := upgrades
	t.columns = slices.Concat(attemptColumns, phaseColumns, socketColumns, legColumns, textColumns)
	return t
}()

// trafficColumns counts what one side sent.
func trafficColumns(side string, of func(*capture.Frames) *capture.Traffic) []column[capture.Frames] {
	return []column[capture.Frames]{
		integer(side+"_frames", func(f *capture.Frames) *int64 { return &of(f).Frames }),
		integer(side+"_bytes", func(f *capture.Frames) *int64 { return &of(f).Bytes }),
		integer(side+"_text", func(f *capture.Frames) *int64 { return &of(f).Text }),
		integer(side+"_binary", func(f *capture.Frames) *int64 { return &of(f).Binary }),
		instant(side+"_first_frame", func(f *capture.Frames) *capture.Instant { return &of(f).First }),
		instant(side+"_last_frame", func(f *capture.Frames) *capture.Instant { return &of(f).Last }),
	}
}

// inFrames lifts columns of frames to the attempt; a value other than 0 makes the frames
// exist.
func inFrames(of []column[capture.Frames]) []column[upgrade] {
	var none capture.Frames
	columns := make([]column[upgrade], len(of))
	for i, c := range of {
		columns[i] = column[upgrade]{
			name: c.name, kind: c.kind,
			get: func(u *upgrade) driver.Value {
				if f := u.Socket.Frames; f != nil {
					return c.get(f)
				}
				return c.get(&none)
			},
			set: func(u *upgrade, v driver.Value, keep *kept) error {
				if v == int64(0) {
					return nil
				}
				f := &u.Socket.Frames
				if *f == nil {
					*f = new(capture.Frames)
				}
				return c.set(*f, v, keep)
			},
		}
	}
	return columns
}
