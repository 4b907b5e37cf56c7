package reports

import "regexp"

// step is one thing to do, cut where options of a command begin and end: these are
// set as code, which no line breaks after its hyphen.
type step []piece

type piece struct {
	Text   string
	Option bool
}

// option is a property on JMeter's command line: -Jname=value.
var option = regexp.MustCompile(`-J[\w.]+(?:=(?:[\w…]|\.\w)+)?`)

func steps(in []string) []step {
	var out []step
	for _, s := range in {
		out = append(out, cutOptions(line(s)))
	}
	return out
}

func cutOptions(s string) step {
	var out step
	from := 0
	for _, at := range option.FindAllStringIndex(s, -1) {
		out = append(out, piece{Text: s[from:at[0]]}, piece{Text: s[at[0]:at[1]], Option: true})
		from = at[1]
	}
	return append(out, piece{Text: s[from:]})
}
