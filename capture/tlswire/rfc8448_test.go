package tlswire

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestRFC8448 reads traces that the RFC prints in full: of a 1-RTT handshake, of a
// resumed one with early data, and of one with a HelloRetryRequest and no data.
func TestRFC8448(t *testing.T) {
	var payload strings.Builder // both sides send the bytes 0 to 49
	for i := range byte(50) {
		payload.WriteByte(i)
	}
	tests := []struct {
		file           string
		client, server string
		want           Facts
	}{
		{"testdata/rfc8448-3.txt", payload.String(), payload.String(), Facts{Secured: 4}},
		{"testdata/rfc8448-4.txt", "ABCDEF" + payload.String(), payload.String(),
			Facts{Secured: 6, Resumed: true, EarlyData: EarlyAccepted}},
		{"testdata/rfc8448-5.txt", "", "", Facts{Secured: 6, Retried: true}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			keys, events := readTrace(t, tt.file)
			f, facts := read(NewDecrypter(keys), events)
			if got := string(f.plain[FromClient]); got != tt.client {
				t.Errorf("the client sent %q, want %q", got, tt.client)
			}
			if got := string(f.plain[FromServer]); got != tt.server {
				t.Errorf("the server sent %q, want %q", got, tt.server)
			}
			for dir, alerts := range f.alerts {
				if len(alerts) != 1 || !alerts[0].CloseNotify() {
					t.Errorf("%v: alerts %v", Dir(dir), alerts)
				}
			}
			if len(f.lost) > 0 || facts.SNI != "server" || SuiteName(facts.Suite) != "TLS_AES_128_GCM_SHA256" ||
				facts.Secured != tt.want.Secured || facts.Resumed != tt.want.Resumed || facts.Retried != tt.want.Retried || facts.EarlyData != tt.want.EarlyData {
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
