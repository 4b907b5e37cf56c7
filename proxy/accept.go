package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"syscall"
	"time"

	"why403/capture"
)

// Serve accepts clients on ln until ctx ends. Then it closes ln, gives pending
// upgrades [Limits.ShutdownGrace] to be answered, ends what is open, recorded as
// [capture.Shutdown], and returns once all it started has ended. It returns nil
// after ctx has ended, and otherwise why it could not go on. It may be called once.
func (p *Proxy) Serve(ctx context.Context, ln net.Listener) error {
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	defer runtime.KeepAlive(ballast())
	// Pending upgrades outlive ctx, for the grace.
	conns, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	p.forward.start(conns)
	p.running.Go(func() { p.trim(conns) })

	err := p.accept(ctx, conns, ln)
	if ctx.Err() != nil {
		err = nil
	}
	ln.Close()
	p.shutdown()
	cancel()
	p.forward.stop()
	p.running.Wait()
	p.losses.flush()
	p.control.conclude(p)
	p.observer.conclude(p)
	return err
}

// accept accepts clients until ctx ends; conns is the context of their connections.
func (p *Proxy) accept(ctx, conns context.Context, ln net.Listener) error {
	var pause time.Duration
	for p.conns.reserve(ctx, p.full) {
		conn, err := ln.Accept()
		if err != nil {
			p.conns.free()
			if !isExhausted(err) {
				return fmt.Errorf("accept clients: %w", err)
			}
			// As net/http does: connections that end give descriptors back.
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			p.stats.overLimit.Add(1)
			p.losses.add(capture.LostRefused, "no descriptors left to accept clients with")
			p.opt.Log.Warn().Err(err).Dur("pause", pause).Msg("cannot accept")
			time.Sleep(pause)
			continue
		}
		pause = 0
		p.stats.connections.Add(1)
		if p.stats.pending.Load() >= int64(p.limits.Pending) {
			p.conns.free()
			p.refuse(conn)
			continue
		}
		c := p.newClient(conn)
		p.running.Go(func() { p.handle(conns, c) })
	}
	return nil
}

// full says that clients have to wait, once: each of them would say the same.
func (p *Proxy) full() {
	why := fmt.Sprintf("accepting pauses: %d connections are open, as many as the limits allow; clients wait to be accepted", p.limits.Connections)
	p.fullOnce.Do(func() { p.warn(why) })
}

// refuse turns a client away because too many are pending. It does not wait for
// the client's request, so this costs next to nothing.
func (p *Proxy) refuse(conn net.Conn) {
	p.stats.overLimit.Add(1)
	p.losses.add(capture.LostRefused, fmt.Sprintf("over %d pending connections", p.limits.Pending))
	conn.SetWriteDeadline(time.Now().Add(time.Second)) // a fresh socket's buffer is empty
	conn.Write(answer(503, fmt.Sprintf("more than %d connections are pending", p.limits.Pending)))
	closeWrite(conn)
	p.running.Go(func() { linger(conn, time.Second) })
}

// linger reads what the other side still sends, so that closing does not reset
// the connection before our answer has been read, and closes.
func linger(conn net.Conn, within time.Duration) {
	conn.SetReadDeadline(time.Now().Add(within))
	discard(conn)
	conn.Close()
}

// isTimeout reports whether a deadline of ours passed. What keep-alive or the kernel gave
// up says of itself that it is a timeout too, but is the end of the connection.
func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout() && !errors.Is(err, syscall.ETIMEDOUT)
}
