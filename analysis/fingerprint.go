package analysis

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"why403/capture"
)

//go:embed fingerprints.json
var fingerprintData []byte

// fingerprint is the form of an answer that tells who made it, or who passed it on.
// Every entry of fingerprints.json has its source and what speaks against it.
type fingerprint struct {
	Layer  string
	Role   string // decides or relays
	Weight int    // of two that decide the heavier one is named
	All    []trait
	Source string
	Doubt  string
}

// trait is one thing about an answer. The zero value of each part is not looked at.
type trait struct {
	Field   string // header field that is present
	Has     string // and contains this, case ignored
	Absent  bool   // or is not there
	Status  int
	Reason  string // the reason phrase
	Body    string // the body contains this, case ignored
	Exact   bool   // and nothing else but white space around it
	Empty   bool   // there is no body
	Message string // the first text message in band contains this
	Code    int    // close code in band
	Close   string // reason of the Close frame contains this
}

// fingerprints is the list, read once.
var fingerprints = sync.OnceValue(func() []fingerprint {
	var list []fingerprint
	if err := json.Unmarshal(fingerprintData, &list); err != nil {
		panic("fingerprints.json: " + err.Error()) // it is part of the program
	}
	return list
})

func (f *fingerprint) matches(u *capture.Upgrade) bool {
	for _, t := range f.All {
		if !t.holds(u) {
			return false
		}
	}
	return len(f.All) > 0
}

func (t trait) holds(u *capture.Upgrade) bool {
	switch {
	case t.Field != "":
		value, present := u.ResponseHead.Get(t.Field)
		return present != t.Absent && contains(value, t.Has)
	case t.Status != 0:
		return u.Status == t.Status
	case t.Reason != "":
		return contains(u.ResponseHead.StartLine(), t.Reason)
	case t.Exact:
		return strings.EqualFold(strings.TrimSpace(string(u.Body)), t.Body)
	case t.Body != "":
		return contains(string(u.Body), t.Body)
	case t.Empty:
		return u.BodyBytes == 0 && len(u.Body) == 0 && u.Status != 101
	case t.Message != "":
		return contains(u.Socket.ServerFirst, t.Message)
	case t.Code != 0:
		return u.Socket.CloseCode == t.Code
	}
	return t.Close != "" && contains(u.Socket.CloseReason, t.Close)
}

func contains(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// evidence says in words what of an answer fits.
func (f *fingerprint) evidence() string {
	var parts []string
	for _, t := range f.All {
		parts = append(parts, t.words())
	}
	return strings.Join(parts, ", ")
}

func (t trait) words() string {
	switch {
	case t.Field != "" && t.Absent:
		return "no " + t.Field
	case t.Field != "" && t.Has != "":
		return fmt.Sprintf("%s with “%s”", t.Field, t.Has)
	case t.Field != "":
		return t.Field
	case t.Status != 0:
		return fmt.Sprintf("status %d", t.Status)
	case t.Reason != "":
		return fmt.Sprintf("reason phrase “%s”", t.Reason)
	case t.Body != "":
		return fmt.Sprintf("body with “%s”", t.Body)
	case t.Empty:
		return "no body"
	case t.Message != "":
		return fmt.Sprintf("first message with “%s”", t.Message)
	case t.Code != 0:
		return fmt.Sprintf("close code %d", t.Code)
	}
	return fmt.Sprintf("close reason with “%s”", t.Close)
}
