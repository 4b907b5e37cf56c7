package reports

import (
	"strings"

	"why403/capture"
)

// diffRow is one line of two heads side by side; an empty side has no such line.
type diffRow struct {
	Left, Right string
	// Differs: the sides are not the same. Expected: they never are, as the
	// field is new in each handshake.
	Differs, Expected bool
}

const (
	diffLines  = 120 // lines of a head that are compared
	diffLength = 600 // bytes of a line that are shown
)

// perHandshake are fields whose values differ between any two upgrades.
var perHandshake = map[string]bool{"sec-websocket-key": true, "sec-websocket-accept": true, "date": true}

// diffHeads puts two heads side by side, fields of the same name in one row
// where their order allows it.
func diffHeads(left, right capture.Head) []diffRow {
	a, b := headLines(left), headLines(right)
	var rows []diffRow
	i, j := 0, 0
	for _, m := range commonFields(a, b) {
		for ; i < m[0]; i++ {
			rows = append(rows, newDiffRow(a[i], ""))
		}
		for ; j < m[1]; j++ {
			rows = append(rows, newDiffRow("", b[j]))
		}
		rows = append(rows, newDiffRow(a[i], b[j]))
		i, j = i+1, j+1
	}
	for ; i < len(a); i++ {
		rows = append(rows, newDiffRow(a[i], ""))
	}
	for ; j < len(b); j++ {
		rows = append(rows, newDiffRow("", b[j]))
	}
	return rows
}

func newDiffRow(left, right string) diffRow {
	return diffRow{
		Left: visible(cut(left, diffLength)), Right: visible(cut(right, diffLength)),
		Differs: left != right, Expected: left != "" && right != "" && perHandshake[fieldName(left)],
	}
}

// headLines splits a head into its lines without the empty one. A line that does
// not end in CR LF keeps a mark of how it ends.
func headLines(h capture.Head) []string {
	var out []string
	for l := range strings.Lines(string(h)) {
		text, crlf := strings.CutSuffix(l, "\r\n")
		if !crlf && strings.HasSuffix(l, "\n") {
			text = strings.TrimSuffix(l, "\n") + "␊"
		}
		if text == "" {
			continue
		}
		if len(out) == diffLines {
			return append(out, "… more lines")
		}
		out = append(out, text)
	}
	return out
}

// fieldName is what lines are matched by; start lines match each other.
func fieldName(l string) string {
	name, _, ok := strings.Cut(l, ":")
	if !ok || strings.Contains(name, " ") {
		return ""
	}
	return strings.ToLower(name)
}

// commonFields is a longest common subsequence of the lines' field names, as
// pairs of indexes.
func commonFields(a, b []string) [][2]int {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if fieldName(a[i]) == fieldName(b[j]) {
				longest[i][j] = max(longest[i][j], longest[i+1][j+1]+1)
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case fieldName(a[i]) == fieldName(b[j]) && longest[i][j] == longest[i+1][j+1]+1:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
