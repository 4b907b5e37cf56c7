package har

import "encoding/json"

// archive is what is written (HAR 1.2, §log).
type archive struct {
	Log log `json:"log"`
}

type log struct {
	Version string  `json:"version"`
	Creator creator `json:"creator"`
	Pages   []any   `json:"pages"`
	Entries []entry `json:"entries"`
}

type creator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// entry is one request with its answer. Fields with an underscore are Chrome's,
// but for those of why403 and _webSocketClose, which is HTTP Toolkit's.
type entry struct {
	Started    string   `json:"startedDateTime"` // ISO 8601
	Time       float64  `json:"time"`            // ms, the sum of the timings
	Request    request  `json:"request"`
	Response   response `json:"response"`
	Cache      struct{} `json:"cache"`
	Timings    timings  `json:"timings"`
	ServerIP   string   `json:"serverIPAddress,omitempty"`
	Connection string   `json:"connection,omitempty"`

	ResourceType string      `json:"_resourceType,omitempty"`
	Messages     []message   `json:"_webSocketMessages,omitempty"`
	Close        *closeState `json:"_webSocketClose,omitempty"`
	Error        string      `json:"_error,omitempty"`
}

type request struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	HTTPVersion string    `json:"httpVersion"`
	Cookies     []any     `json:"cookies"`
	Headers     []pair    `json:"headers"`
	Query       []pair    `json:"queryString"`
	PostData    *postData `json:"postData,omitempty"`
	HeadersSize int64     `json:"headersSize"` // −1: not known
	BodySize    int64     `json:"bodySize"`
}

type postData struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Params   []pair `json:"params"`
}

type response struct {
	Status      int     `json:"status"`
	StatusText  string  `json:"statusText"`
	HTTPVersion string  `json:"httpVersion"`
	Cookies     []any   `json:"cookies"`
	Headers     []pair  `json:"headers"`
	Content     content `json:"content"`
	Redirect    string  `json:"redirectURL"`
	HeadersSize int64   `json:"headersSize"`
	BodySize    int64   `json:"bodySize"`
	Error       string  `json:"_error,omitempty"`
}

type content struct {
	Size     int64  `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"` // "base64"
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// timings are spans in ms, −1 or absent where the phase did not happen or was not
// seen. connect includes ssl.
type timings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// message is one WebSocket message; the data of a binary one is in base64.
type message struct {
	Type   string  `json:"type"` // "send" or "receive"
	Time   float64 `json:"time"` // seconds since 1970
	Opcode int     `json:"opcode"`
	Data   string  `json:"data"`
}

// closeState is how a socket ended. Some write the word "aborted" in its place.
type closeState struct {
	Code   int     `json:"code,omitempty"`
	Reason string  `json:"reason,omitempty"`
	Time   float64 `json:"timestamp,omitempty"` // seconds since 1970, of some ms
}

func (c *closeState) UnmarshalJSON(b []byte) error {
	type plain closeState
	if len(b) > 0 && b[0] == '"' {
		return nil // "aborted"
	}
	return json.Unmarshal(b, (*plain)(c))
}
