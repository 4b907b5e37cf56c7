package runfile

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// list is a slice as a JSON array.
func list[T, E any](name string, field func(*T) *[]E) column[T] {
	return column[T]{
		name: name, kind: "TEXT",
		get: func(t *T) driver.Value {
			if l := *field(t); len(l) > 0 {
				return jsonText(l)
			}
			return nil
		},
		set: func(t *T, v driver.Value, keep *kept) error {
			s, ok := v.(string)
			if !ok {
				return wrongType(name, v)
			}
			l, err := listOf[E](s, keep)
			if err != nil {
				return fmt.Errorf("column %s: %w", name, err)
			}
			*field(t) = l
			return nil
		},
	}
}

// listOf returns the list that a text in JSON is, which others have too.
func listOf[E any](s string, keep *kept) ([]E, error) {
	if have, known := keep.lists.made[s].([]E); known {
		return have, nil
	}
	var l []E
	if err := json.Unmarshal([]byte(s), &l); err != nil {
		return nil, err
	}
	l = slices.Clip(l)
	keep.lists.add(strings.Clone(s), l)
	return l, nil
}

// jsonText leaves < > & as they are, for people. What cannot be JSON cannot occur:
// lists hold strings and structs of strings.
func jsonText(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}
