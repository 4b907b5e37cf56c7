package sim

import (
	"context"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxMessage   = 1 << 20          // bytes of a message that a gateway echoes
	writeTimeout = 10 * time.Second // for a frame to a client that does not read
	closeWait    = 2 * time.Second  // for the other side's Close frame
)

// writeBuffers are shared by all sockets: most of the time none is in use.
var writeBuffers sync.Pool

// echo serves an admitted socket until it ends.
func (g *Gateway) echo(conn *websocket.Conn, slot *Slot) {
	defer conn.Close()
	defer g.release(slot)
	defer context.AfterFunc(g.ctx, func() { conn.Close() })()
	conn.SetReadLimit(maxMessage)
	conn.SetCloseHandler(func(code int, _ string) error {
		g.release(slot) // before the answer: see the package comment
		return writeClose(conn, code, "")
	})
	if g.opt.MaxSocketLife > 0 {
		defer time.AfterFunc(g.opt.MaxSocketLife, func() {
			g.release(slot)
			endSocket(conn, websocket.CloseGoingAway, "maximum lifetime reached")
		}).Stop()
	}
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

// turnAway ends a socket that was answered 101 but not admitted.
func (g *Gateway) turnAway(conn *websocket.Conn) {
	defer conn.Close()
	defer context.AfterFunc(g.ctx, func() { conn.Close() })()
	inBand := g.opt.InBand
	if inBand.Message != "" {
		conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		if err := conn.WriteMessage(websocket.TextMessage, []byte(inBand.Message)); err != nil {
			return
		}
	}
	endSocket(conn, inBand.Code, inBand.Reason)
	conn.SetReadLimit(maxMessage)
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}

// endSocket begins the closing handshake (RFC 6455 §7.1.2) and lets whoever
// reads from conn wait closeWait for its end.
func endSocket(conn *websocket.Conn, code int, reason string) {
	writeClose(conn, code, reason) // an error here comes back on reading
	conn.SetReadDeadline(time.Now().Add(closeWait))
}

func writeClose(conn *websocket.Conn, code int, reason string) error {
	return conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(writeTimeout))
}
