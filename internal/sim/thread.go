package sim

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// thread is one of a load's virtual users.
type thread struct {
	*runner
	random *rand.Rand
	token  func(context.Context) string
}

func newThread(r *runner, n int) *thread {
	return &thread{
		runner: r,
		random: rand.New(rand.NewPCG(r.Seed, uint64(n))),
		token:  r.tokens.forThread(n),
	}
}

func (t *thread) run() {
	for i := 0; i < t.Loops || t.Loops <= 0; i++ {
		if i > 0 && !sleep(t.soft, t.Pause.draw(t.random)) {
			return
		}
		if t.soft.Err() != nil {
			return
		}
		t.iterate()
	}
}

// iterate tries to open a socket, and holds it.
func (t *thread) iterate() {
	for try := 0; ; try++ {
		if conn := t.attempt(); conn != nil {
			t.hold(conn, t.Hold.draw(t.random))
			return
		}
		if try >= t.Retries || !sleep(t.soft, t.Backoff<<min(try, 16)) {
			return
		}
	}
}

// attempt makes one upgrade; nil if it got no socket.
func (t *thread) attempt() *websocket.Conn {
	token := t.token(t.hard)
	target, header := t.carry(token)
	dialer, done := t.cancellable(t.hard)
	defer done()
	began := time.Now()
	conn, res, err := dialer.DialContext(t.hard, target, header)
	if t.Answered != nil && res != nil {
		t.Answered(time.Now(), res.StatusCode)
	}
	t.tally.attempt(began, token, res, err)
	if err != nil {
		return nil
	}
	return conn
}

// hold keeps a socket open for d, or until the gateway or the load ends it.
func (t *thread) hold(conn *websocket.Conn, d time.Duration) {
	defer conn.Close()
	opened := time.Now()
	var ended bool // by us; written by the keeper
	var keeper sync.WaitGroup
	over := make(chan struct{})
	keeper.Go(func() { ended = t.keep(conn, d, over) })
	err := drain(conn)
	close(over)
	keeper.Wait()
	if !ended {
		t.tally.ended()
	}
	// An answer to our Close frame has our code; another one crossed it.
	if !ended || websocket.IsUnexpectedCloseError(err, websocket.CloseNormalClosure, websocket.CloseAbnormalClosure) {
		t.tally.endedByPeer(time.Since(opened), err)
	}
}

// keep pings conn and begins to end it after d or when the load is over. It
// reports whether it did; it did not if the reader was over before.
func (t *thread) keep(conn *websocket.Conn, d time.Duration, over <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	var tick <-chan time.Time
	if t.Ping > 0 {
		ticker := time.NewTicker(t.Ping)
		defer ticker.Stop()
		tick = ticker.C
	}
	for n := 1; ; n++ {
		select {
		case <-over:
			return false
		case <-tick:
			// Numbered: which of several alike a pong answers cannot be told.
			conn.WriteControl(websocket.PingMessage, strconv.AppendInt(nil, int64(n), 10), time.Now().Add(writeTimeout)) // an error comes back on reading
			continue
		case <-timer.C:
		case <-t.soft.Done():
		}
		t.tally.ended()
		if t.Abrupt {
			conn.Close()
		} else {
			endSocket(conn, websocket.CloseNormalClosure, "")
		}
		return true
	}
}

// drain reads until the socket ends and returns why it did.
func drain(conn *websocket.Conn) error {
	conn.SetReadLimit(maxMessage)
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return err
		}
	}
}
