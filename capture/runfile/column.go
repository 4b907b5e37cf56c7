package runfile

import (
	"database/sql/driver"
	"fmt"
	"net/netip"

	"why403/capture"
)

// column is how one column of a table holds a part of a T. A zero instant, an
// empty text, list or address is NULL: not seen, or there is none. Numbers that
// count are never NULL.
type column[T any] struct {
	name string
	kind string // INTEGER, TEXT or BLOB
	get  func(*T) driver.Value
	// set puts a value that is not nil into a record; nil if the column is not read. A text
	// or blob is gone after the call, unless kept.
	set func(*T, driver.Value, *kept) error
}

// instant is a moment: a column "name_ns", nanoseconds since 1970 in UTC.
func instant[T any](name string, field func(*T) *capture.Instant) column[T] {
	c := integer(name+"_ns", field)
	c.get = func(t *T) driver.Value {
		if at := *field(t); at.Seen() {
			return int64(at)
		}
		return nil
	}
	return c
}

func integer[T any, N ~int | ~int64](name string, field func(*T) *N) column[T] {
	return column[T]{
		name: name, kind: "INTEGER",
		get: func(t *T) driver.Value { return int64(*field(t)) },
		set: func(t *T, v driver.Value, _ *kept) error {
			n, ok := v.(int64)
			if !ok {
				return wrongType(name, v)
			}
			*field(t) = N(n)
			return nil
		},
	}
}

func text[T any, S ~string](name string, field func(*T) *S) column[T] {
	return words(name, func(t *T) string { return string(*field(t)) }, func(t *T, s string, keep *kept) { *field(t) = S(keep.text(s)) })
}

// head is a head as it was sent.
func head[T any](name string, field func(*T) *capture.KeptHead) column[T] {
	return words(name, func(t *T) string { return string(field(t).Head()) }, func(t *T, s string, keep *kept) { *field(t) = keep.head(s) })
}

// words is a text, which is null if it is empty.
func words[T any](name string, read func(*T) string, write func(*T, string, *kept)) column[T] {
	return column[T]{
		name: name, kind: "TEXT",
		get: func(t *T) driver.Value {
			if s := read(t); s != "" {
				return s
			}
			return nil
		},
		set: func(t *T, v driver.Value, keep *kept) error {
			s, ok := v.(string)
			if !ok {
				return wrongType(name, v)
			}
			write(t, s, keep)
			return nil
		},
	}
}

func blob[T any](name string, field func(*T) *[]byte) column[T] {
	return column[T]{
		name: name, kind: "BLOB",
		get: func(t *T) driver.Value {
			if b := *field(t); len(b) > 0 {
				return b
			}
			return nil
		},
		set: func(t *T, v driver.Value, keep *kept) error {
			b, ok := v.([]byte)
			if !ok {
				return wrongType(name, v)
			}
			*field(t) = keep.blob(b)
			return nil
		},
	}
}

// address is an IP address with port as text: "192.0.2.1:443", "[2001:db8::1]:443".
func address[T any](name string, field func(*T) *netip.AddrPort) column[T] {
	return column[T]{
		name: name, kind: "TEXT",
		get: func(t *T) driver.Value {
			if a := *field(t); a.IsValid() {
				return a.String()
			}
			return nil
		},
		set: func(t *T, v driver.Value, _ *kept) (err error) {
			s, ok := v.(string)
			if !ok {
				return wrongType(name, v)
			}
			*field(t), err = netip.ParseAddrPort(s)
			return err
		},
	}
}

func wrongType(name string, v driver.Value) error {
	return fmt.Errorf("column %s holds a value of type %T", name, v)
}

// derived is a column for people.
func derived[T any](name, kind string, get func(*T) driver.Value) column[T] {
	return column[T]{name: name, kind: kind, get: get}
}

// boolean is 0 or 1.
func boolean[T any](name string, field func(*T) *bool) column[T] {
	return column[T]{
		name: name, kind: "INTEGER",
		get: func(t *T) driver.Value {
			if *field(t) {
				return int64(1)
			}
			return int64(0)
		},
		set: func(t *T, v driver.Value, _ *kept) error {
			n, ok := v.(int64)
			if !ok {
				return wrongType(name, v)
			}
			*field(t) = n != 0
			return nil
		},
	}
}
