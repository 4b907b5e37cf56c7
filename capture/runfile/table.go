package runfile

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// table is how the records of one type are kept.
type table[T any] struct {
	name    string
	columns []column[T]
	key     string          // of columns, comma separated, or ""
	insert  string          // "INSERT", "INSERT OR IGNORE" or "UPSERT"
	share   func(*T, *kept) // makes a record share what columns alone cannot, or nil
}

// createSQL is the statement that makes the table.
func (t table[T]) createSQL() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n", t.name)
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "  %s %s", c.name, c.kind)
	}
	if t.key != "" {
		fmt.Fprintf(&b, ",\n  PRIMARY KEY (%s)", t.key)
	}
	b.WriteString("\n)")
	return b.String()
}

// insertSQL is the statement that stores one record.
func (t table[T]) insertSQL() string {
	verb, conflict := t.insert, ""
	if t.insert == upsert {
		verb = "INSERT"
		conflict = fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", t.key,
			strings.Join(t.each("%[1]s = excluded.%[1]s"), ", "))
	}
	return fmt.Sprintf("%s INTO %s (%s) VALUES (%s)%s", verb, t.name,
		strings.Join(t.each("%s"), ", "), strings.Join(t.each("?%.0s"), ", "), conflict)
}

const upsert = "UPSERT"

// each formats every column's name.
func (t table[T]) each(format string) []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = fmt.Sprintf(format, c.name)
	}
	return names
}

// bind puts rec into the arguments of a statement made from insertSQL.
func (t table[T]) bind(s *statement, rec *T) *statement {
	for i, c := range t.columns {
		s.args[i].Value = c.get(rec)
	}
	return s
}

// read calls each with every record of the table, which is each's to keep.
func (t table[T]) read(db *database, each func(*T)) error { return t.readWhere(db, "TRUE", each) }

// readWhere is read for the rows of which a condition holds.
func (t table[T]) readWhere(db *database, condition string, each func(*T)) error {
	t.columns = slices.DeleteFunc(slices.Clone(t.columns), func(c column[T]) bool { return c.set == nil })
	keep, room := newKept(), []T(nil)
	err := db.scan(strings.Join(t.each("%s"), ", "), t.name+" NOT INDEXED WHERE "+condition+" ORDER BY rowid", func(row []driver.Value) error {
		if err := db.spend(row); err != nil {
			return err
		}
		if len(room) == 0 {
			room = make([]T, roomFor)
		}
		rec := &room[0]
		room = room[1:]
		if err := t.fill(rec, row, keep); err != nil {
			return err
		}
		each(rec)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read table %s: %w", t.name, err)
	}
	return nil
}

// roomFor is how many records are allocated at once: alone, an attempt takes a tenth more.
const roomFor = 256

// fill puts a row into an empty record.
func (t table[T]) fill(rec *T, row []driver.Value, keep *kept) error {
	for i, c := range t.columns {
		if row[i] == nil {
			continue
		}
		if err := c.set(rec, row[i], keep); err != nil {
			return err
		}
	}
	if t.share != nil {
		t.share(rec, keep)
	}
	return nil
}
