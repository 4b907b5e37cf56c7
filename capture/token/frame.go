package token

import (
	"encoding/json"
	"slices"
	"strings"

	"why403/capture"
)

// maxDepth bounds how deep first frames are looked into.
const maxDepth = 6

// FirstFrame looks for credentials in a client's first text message: JSON (a field
// named like a token, at any depth, or the array of a Phoenix or Socket.IO client),
// the lines of a STOMP frame, or a JWT anywhere. The frame itself is not recorded.
func (k *Keeper) FirstFrame(text []byte, at capture.Instant) ([]capture.Credential, []capture.Token) {
	f := &find{k: k, at: at}
	s := string(text)
	var v any
	if start := strings.IndexAny(s, "{["); start >= 0 && start < 32 && json.Unmarshal([]byte(s[start:]), &v) == nil {
		f.inJSON(v, 0)
	} else {
		f.inLines(s)
	}
	if len(f.Credentials) == 0 {
		for _, at := range shapes(s) {
			f.add(&f.Credentials, "first-frame", "", s[at.from:at.to])
		}
	}
	return f.Credentials, f.Tokens
}

// inJSON looks at values whose name is that of a credential.
func (f *find) inJSON(v any, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sortedNames(v) {
			if s, ok := v[name].(string); ok {
				f.named(name, s)
			} else {
				f.inJSON(v[name], depth+1)
			}
		}
	case []any:
		for _, item := range v {
			f.inJSON(item, depth+1)
		}
	}
}

func (f *find) named(name, value string) {
	switch class := classify(name).of(value); {
	case class == credential, looksJWT(value):
		scheme, token := splitScheme(value)
		f.add(&f.Credentials, "first-frame", strings.TrimSpace(scheme), token)
	case class == secretName:
		f.k.learn(value)
	}
}

// inLines looks at name:value lines (STOMP) and name=value pairs.
func (f *find) inLines(s string) {
	for line := range strings.Lines(s) {
		name, value, ok := strings.Cut(strings.Trim(line, "\r\n\x00"), ":")
		if ok && len(name) < 64 {
			f.named(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
}

func sortedNames(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
