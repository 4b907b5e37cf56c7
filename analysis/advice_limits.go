package analysis

import (
	"fmt"
	"strings"

	"why403/capture"
)

// ownLimit is a limit of the machine that makes the load.
type ownLimit struct {
	words []string // of the error, any
	says  string
	do    string
}

var ownLimits = []ownLimit{
	{[]string{"too many open files", "emfile", "enfile"}, "because too many files were open", "Raise the limit of open files (ulimit -n) of the load tool and of the recorder; a recorded socket takes two."},
	{[]string{"cannot assign requested address", "eaddrnotavail", "address already in use"}, "because no local port was free", "Widen net.ipv4.ip_local_port_range, use more source addresses, or more machines: one address has at most 64,511 ports to one gateway address."},
	{[]string{"no such host", "server misbehaving", "temporary failure in name resolution"}, "because the gateway's name could not be resolved", "Cache the name on the machine that makes the load, or use the address."},
	{[]string{"no buffer space", "cannot allocate memory", "enobufs", "enomem"}, "for want of memory", "Use more machines, or fewer sockets on each."},
	{[]string{"connection refused"}, "because nothing listened at the gateway's address, or its queue was full", "Look at the listen queue of the gateway (net.core.somaxconn) and whether it was up."},
}

// generatorLimits finds attempts that never reached the gateway: they say nothing
// about it.
func generatorLimits(s *study) *Advice {
	counts := make([]int, len(ownLimits))
	unreached, gone := 0, 0
	for _, u := range s.run.Upgrades {
		switch u.Outcome {
		case capture.ClientGone:
			if !s.table.Silence.Refuses(u) {
				gone++
			}
		case capture.Unreached:
			unreached++
			for i, l := range ownLimits {
				if l.fits(u.Failure) {
					counts[i]++
					break
				}
			}
		}
	}
	if unreached == 0 && (gone == 0 || 20*gone < len(s.run.Upgrades)) {
		return nil
	}
	a := &Advice{Name: "generator-limits", Urgent: 100*(unreached+gone) >= len(s.run.Upgrades)}
	var parts []string
	for i, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, ownLimits[i].says))
			a.Do = append(a.Do, ownLimits[i].do)
		}
	}
	if unreached > 0 {
		a.Says = fmt.Sprintf("%s never reached the gateway", plural(unreached, "upgrade"))
		if len(parts) > 0 {
			a.Says += ": " + list(parts, "and")
		} else {
			a.Do = append(a.Do, "Look at the failures in the run file; the gateway did not see these attempts.")
		}
	}
	if gone > 0 {
		if a.Says != "" {
			a.Says += "; "
		}
		a.Says += fmt.Sprintf("in %s the load tool left before an answer came", plural(gone, "upgrade"))
		a.Do = append(a.Do, "Raise the load tool's timeout above the slowest answer, so that refusals are seen as such.")
	}
	a.Says = strings.ToUpper(a.Says[:1]) + a.Says[1:] + "."
	return a
}

func (l ownLimit) fits(failure string) bool {
	for _, w := range l.words {
		if contains(failure, w) {
			return true
		}
	}
	return false
}
