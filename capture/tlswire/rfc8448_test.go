package tlswire

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestRFC8448 reads the traces that the RFC prints in full: of a 1-RTT handshake, and
// of a resumed one with early data.
func TestRFC8448(t *testing.T) {
	var payload strings.Builder // both sides send the bytes 0 to 49
	for i := range byte(50) {
		payload.WriteByte(i)
	}
	tests := []struct {
		file  string
		early string
		want  Facts
	}{
		{"testdata/rfc8448-3.txt", "", Facts{Secured: 4}},
		{"testdata/rfc8448-4.txt", "ABCDEF", Facts{Secured: 6, Resumed: true, EarlyData: EarlyAccepted}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			keys, events := readTrace(t, tt.file)
			f, facts := read(NewDecrypter(keys), events)
			if got, want := string(f.plain[FromClient]), tt.early+payload.String(); got != want {
				t.Errorf("the client sent %q, want %q", got, want)
			}
			if got := string(f.plain[FromServer]); got != payload.String() {
				t.Errorf("the server sent %q", got)
			}
			for dir, alerts := range f.alerts {
				if len(alerts) != 1 || !alerts[0].CloseNotify() {
					t.Errorf("%v: alerts %v", Dir(dir), alerts)
				}
			}
			if len(f.lost) > 0 || facts.SNI != "server" || SuiteName(facts.Suite) != "TLS_AES_128_GCM_SHA256" ||
				facts.Secured != tt.want.Secured || facts.Resumed != tt.want.Resumed || facts.EarlyData != tt.want.EarlyData {
				t.Errorf("problems %v, facts %+v", f.lost, facts)
			}
		})
	}
}

// readTrace reads a key log and, behind it, records in hexadecimal, each after an
// empty line and the name of its sender.
func readTrace(t *testing.T, path string) (keys *KeyLog, events []event) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log, records, _ := strings.Cut(string(text), "\n\n")
	keys = NewKeyLog(0)
	keys.Add([]byte(log))
	for record := range strings.SplitSeq(records, "\n\n") {
		sender, digits, _ := strings.Cut(record, "\n")
		b, err := hex.DecodeString(strings.ReplaceAll(digits, "\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		dir := FromClient
		if sender == FromServer.String() {
			dir = FromServer
		}
		events = append(events, event{dir, b})
	}
	return keys, events
}
