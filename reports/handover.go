package reports

import (
	"fmt"
	"strings"

	"why403/analysis"
	"why403/capture"
)

// handover is the block to paste into a message: what Explain says, where it
// comes from, and one raw refusal. It holds no more than the page does.
func handover(run *capture.Run, f *analysis.Findings, x *analysis.Exhibits) string {
	var b strings.Builder
	b.WriteString("why403: why upgrades to WebSocket were refused\n\n")
	_ = Explain(&b, f) // a strings.Builder takes all
	b.WriteString("\nRecording\n")
	var e explainer
	for _, x := range environment(run, f) {
		e.item("  "+pad(x.Name, 9)+" ", x.Value)
	}
	b.WriteString(e.String())
	if x.Pair != nil && x.Pair.Refused != nil {
		u := x.Pair.Refused
		fmt.Fprintf(&b, "\nA typical refusal (%s UTC, %s open)\n", clock(u.Phases.RequestSent), count(x.Pair.RefusedOpen))
		indent(&b, block(string(u.RequestHead.Head()), 4000))
		indent(&b, block(string(u.ResponseHead.Head()), 4000))
		indent(&b, block(string(u.Body), 600))
	}
	return visible(b.String())
}

func indent(b *strings.Builder, s string) {
	for l := range strings.Lines(strings.TrimRight(s, "\n")) {
		b.WriteString("  " + strings.TrimRight(l, "\n") + "\n")
	}
	if s != "" {
		b.WriteString("\n")
	}
}
