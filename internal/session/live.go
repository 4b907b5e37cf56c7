package session

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"why403/capture"
	"why403/capture/live"
	"why403/capture/passive"
	"why403/capture/pcapfile"
	"why403/capture/tlswire"
	"why403/proxy"
)

// waitForKeys is how many encrypted bytes of a connection wait for their keys, which
// programs write to the log after the packets have gone out.
const waitForKeys = 64 << 10

// ReadLive captures from interfaces until ctx ends. Files, Stdin and Watch of opt are not
// used; key logs are followed as they grow.
func ReadLive(ctx context.Context, interfaces []string, opt PacketOptions) (*capture.Run, error) {
	source, err := live.Open(interfaces, live.Options{Ports: opt.Ports, Hosts: addresses(opt.Hosts)})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	opt.Keys, opt.Hold = tlswire.NewKeyLog(0), waitForKeys
	logs, err := followKeys(opt.KeyLogs, opt.Keys)
	if err != nil {
		return nil, err
	}
	defer logs.close()
	r := newReading(opt)
	if err := r.watch(ctx, source, logs); err != nil {
		return nil, err
	}
	logs.read(r.observer)
	r.observer.File(pcapfile.Stats{Dropped: source.Dropped()}, nil)
	run := r.finish()
	if opt.Run == "" {
		return run, nil
	}
	return run, keep(opt.Run, run)
}

// addresses returns the hosts to filter for in the kernel: none, if a name is among
// them, which may stand for any address.
func addresses(hosts []string) (list []netip.Addr) {
	for _, h := range hosts {
		a, err := netip.ParseAddr(h)
		if err != nil {
			return nil
		}
		list = append(list, a.Unmap())
	}
	return list
}

// watch hands packets to the observer until ctx ends.
func (r *reading) watch(ctx context.Context, source *live.Source, logs keyLogs) error {
	var p pcapfile.Packet
	var looked, told time.Time
	start := time.Now()
	for ctx.Err() == nil {
		err := source.Next(&p)
		switch {
		case err == live.ErrIdle:
			r.observer.Advance(capture.At(time.Now()))
		case err != nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		default:
			r.observer.Packet(&p)
		}
		now := time.Now()
		if now.Sub(looked) > 100*time.Millisecond {
			looked = now
			logs.read(r.observer)
		}
		if r.opt.Status != nil && now.Sub(told) > time.Second {
			told = now
			r.opt.Status(fmt.Sprintf("%4.0f s  %d packets  %s", now.Sub(start).Seconds(), p.Number, progressLine(r.soFar())))
		}
	}
	if r.opt.Status != nil {
		r.opt.Status("")
	}
	return nil
}

// soFar counts the upgrades.
func (r *reading) soFar() proxy.Stats {
	s := proxy.Stats{Answers: map[int]int64{}}
	for u := range r.records.Upgrades() {
		switch {
		case u.Outcome == capture.Pending:
			s.Pending++
		case u.Outcome == capture.Accepted && !u.Socket.Closed.Seen():
			s.Open++
		}
		if u.Status != 0 {
			s.Answers[u.Status]++
		}
	}
	return s
}

// keyLogs are key logs that other programs write to.
type keyLogs struct {
	keys  *tlswire.KeyLog
	files []*os.File
	tails []io.Writer
}

func followKeys(paths []string, keys *tlswire.KeyLog) (l keyLogs, err error) {
	l.keys = keys
	for _, path := range paths {
		f, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600) // it may be written only later
		if err != nil {
			l.close()
			return l, fmt.Errorf("open key log: %w", err)
		}
		l.files, l.tails = append(l.files, f), append(l.tails, keys.Writer())
	}
	return l, nil
}

// read takes what was added to the logs.
func (l keyLogs) read(o *passive.Observer) {
	before := l.keys.Stats().Secrets
	for i, f := range l.files {
		io.Copy(l.tails[i], f)
	}
	if l.keys.Stats().Secrets > before {
		o.KeysGrew()
	}
}

func (l keyLogs) close() {
	for _, f := range l.files {
		f.Close()
	}
}
