package runfile

import (
	"database/sql/driver"
	"os"
	"regexp"
	"strings"
	"testing"

	"why403/capture"
)

// TestDocumentedQueriesRun runs what docs/run-file.md offers for pasting, and makes
// sure that the document names every table, view and column.
func TestDocumentedQueriesRun(t *testing.T) {
	text, err := os.ReadFile("../../docs/run-file.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	refused := plain(2)
	refused.Status, refused.Outcome, refused.Body = 403, capture.Refused, []byte("no")
	path := sealed(t, realistic(1, 3), refused, filled[capture.Token](3), filled[capture.TokenRequest](4), filled[capture.Loss](5))
	db, err := openDatabase(path, "mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()

	queries := regexp.MustCompile("(?s)```sql\n(.*?);?\n```").FindAllStringSubmatch(doc, -1)
	if len(queries) < 10 {
		t.Errorf("%d queries", len(queries))
	}
	for _, q := range queries {
		if err := db.query(q[1], func([]driver.Value) error { return nil }); err != nil {
			t.Errorf("%v in\n%s", err, q[1])
		}
	}
	for _, name := range schemaNames(t, db) {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("%s is not described", name)
		}
	}
}

// schemaNames lists tables, views, and the columns of tables.
func schemaNames(t *testing.T, db *database) (names []string) {
	t.Helper()
	const sql = `SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
UNION SELECT c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	err := db.query(sql, func(row []driver.Value) error {
		names = append(names, row[0].(string))
		return nil
	})
	if err != nil || len(names) < 100 {
		t.Fatalf("%d names, %v", len(names), err)
	}
	return names
}
