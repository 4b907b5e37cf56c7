package analysis_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"why403/analysis"
)

// TestJSONIsDocumented compares docs/json.md with the types: each has a section
// with a row for each field, in order, that says which may be missing.
func TestJSONIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		sections[name] = body
	}
	rows := regexp.MustCompile("(?m)^\\| `(.+?)` \\| (.+?) \\| (.+) \\|$")
	for _, typ := range structs(reflect.TypeFor[analysis.Findings]()) {
		var documented []string
		for _, row := range rows.FindAllStringSubmatch(sections[typ.Name()], -1) {
			field := row[1] + " " + row[2]
			if strings.HasPrefix(row[3], "may be missing") {
				field += ", may be missing"
			}
			documented = append(documented, field)
		}
		if fields := jsonFields(typ); !slices.Equal(fields, documented) {
			t.Errorf("%s has\n%q\nand docs/json.md\n%q", typ.Name(), fields, documented)
		}
		delete(sections, typ.Name())
	}
	for name := range sections {
		t.Errorf("docs/json.md describes %s, which does not exist", name)
	}
}

// structs lists a type and all structs that its fields lead to.
func structs(typ reflect.Type) (all []reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return structs(typ.Elem())
	case reflect.Struct:
		all = append(all, typ)
		for i := range typ.NumField() {
			for _, found := range structs(typ.Field(i).Type) {
				if !slices.Contains(all, found) {
					all = append(all, found)
				}
			}
		}
	}
	return all
}

// jsonFields are a struct's fields as docs/json.md writes them.
func jsonFields(typ reflect.Type) (fields []string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		name += " " + jsonType(f.Type)
		if options == "omitempty" {
			name += ", may be missing"
		}
		fields = append(fields, name)
	}
	return fields
}

func jsonType(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.String:
		return "text"
	case reflect.Int, reflect.Float64:
		return "number"
	case reflect.Bool:
		return "yes or no"
	case reflect.Slice:
		return "list"
	case reflect.Pointer:
		return jsonType(typ.Elem())
	}
	return "object"
}
