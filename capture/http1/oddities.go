package http1

import "math/bits"

// Oddities is a set of what is unusual in a head. Each is told once, however often
// it occurs.
type Oddities uint32

// What can be unusual in a head.
const (
	LeadingLines     Oddities = 1 << iota // RFC 9112 §2.2
	BareLF                                // §2.2
	BareCR                                // §2.2
	ControlBytes                          // RFC 9110 §5.5
	BeyondASCII                           // RFC 9110 §5.5
	ObsoleteFold                          // §5.2
	FoldFirst                             // §2.2
	NoColon                               // §5
	BadName                               // RFC 9110 §5.1
	SpaceBeforeColon                      // §5.1
	SpacesInStart                         // §3, §4
	OldVersion                            // §2.3
	NewerMinor                            // §2.3
	OddTarget                             // §3.2
	NoHost                                // §3.2
	ManyHosts                             // §3.2
	ManyLengths                           // §6.3
	LengthAndCoding                       // §6.1
	CodingInOld                           // §6.1
	ManyCredentials                       // RFC 9110 §11.6.2
	NoReasonSpace                         // §4
	OddStatus                             // RFC 9110 §15
)

var oddityWords = [...]string{
	"empty lines before the start line",
	"lines that end with LF instead of CRLF",
	"CR that does not end a line",
	"control bytes in a line",
	"bytes beyond ASCII in a line",
	"field continued on a second line (obs-fold)",
	"white space before the first field",
	"line without a colon",
	"field name with characters not allowed in one",
	"white space between field name and colon",
	"start line with more white space than single spaces",
	"HTTP/1.0",
	"HTTP/1 with a minor version above 1",
	"request target in no known form",
	"no Host field",
	"more than one Host field",
	"more than one Content-Length",
	"both Transfer-Encoding and Content-Length",
	"Transfer-Encoding in HTTP/1.0",
	"more than one Authorization field",
	"status line without a space after the status",
	"status outside 100 to 599",
}

// List returns the oddities in words, for people.
func (o Oddities) List() []string {
	var words []string
	for ; o != 0; o &= o - 1 {
		if i := bits.TrailingZeros32(uint32(o)); i < len(oddityWords) {
			words = append(words, oddityWords[i])
		}
	}
	return words
}
