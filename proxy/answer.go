package proxy

import (
	"fmt"
	"net/http"
	"strings"
)

// answer is an answer of the proxy's own. The reason is in the status line too,
// where JMeter shows it, and the Server field tells it from a gateway's.
func answer(status int, reason string) []byte { return answerWith(status, reason, "") }

// answerWith is an answer with further field lines.
func answerWith(status int, reason, fields string) []byte {
	reason = oneLine(reason)
	return fmt.Appendf(nil, "HTTP/1.1 %d %s (why403: %s)\r\nServer: why403\r\n%s"+
		"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
		status, http.StatusText(status), reason, fields, len(reason)+1, reason)
}

// oneLine makes text fit for a status line: printable ASCII, at most 200 bytes.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return text[:min(len(text), 200)]
}

// about is what the proxy says to somebody who takes it for a web server.
const about = `This is why403, a proxy that records WebSocket upgrades and says why a gateway
refuses them. Point a load tool at it as its HTTP proxy; see "why403 --help".
`

func aboutAnswer() []byte {
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nServer: why403\r\nContent-Type: text/plain; charset=utf-8\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", len(about), about)
}
