package passive

import (
	"crypto/tls"
	"io"
	"testing"

	"why403/capture"
	"why403/capture/pcapfile"
	"why403/capture/tlswire"
	"why403/capture/token"
	"why403/internal/wsload"
)

const echoed = 3 // text messages of each accepted socket

// load records n sockets; a configuration of nil is a load without TLS.
func load(t *testing.T, conf *tls.Config, n int) *wsload.Tape {
	t.Helper()
	tp, err := wsload.Record(wsload.Options{TLS: conf, Sockets: n, Messages: echoed})
	if err != nil {
		t.Fatal(err)
	}
	return tp
}

// refused is how many of n sockets the gateway refuses.
func refused(n int) (r int) {
	for i := range n {
		if wsload.Refused(i) {
			r++
		}
	}
	return r
}

// observe reads packets as the command reads those of files.
func observe(t testing.TB, packets []pcapfile.Packet, keys []byte, opt Options) *capture.Run {
	t.Helper()
	return observeBy(t, func(o *Observer) { o.Read(&tape{packets}) }, keys, opt)
}

// tape is packets as a source.
type tape struct{ packets []pcapfile.Packet }

func (tp *tape) Next(p *pcapfile.Packet) error {
	if len(tp.packets) == 0 {
		return io.EOF
	}
	*p, tp.packets = tp.packets[0], tp.packets[1:]
	return nil
}

// observeBy returns what an observer makes of packets that it is fed.
func observeBy(t testing.TB, feed func(*Observer), keys []byte, opt Options) *capture.Run {
	t.Helper()
	if keys != nil {
		opt.Keys = tlswire.NewKeyLog(0)
		opt.Keys.Add(keys)
	}
	var c capture.Collector
	o := New(opt, token.NewKeeper(make([]byte, 32)), c.Put)
	feed(o)
	o.Close()
	first, last := o.Span()
	run := c.Run(capture.Meta{Source: "pcap", Started: first, Ended: last})
	o.Join(run)
	if err := run.CheckValid(); err != nil {
		t.Error(err)
	}
	return run
}

// outcomes counts attempts.
func outcomes(run *capture.Run) map[capture.Outcome]int {
	n := map[capture.Outcome]int{}
	for _, u := range run.Upgrades {
		n[u.Outcome]++
	}
	return n
}
