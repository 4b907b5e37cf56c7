package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"why403/capture"
)

// Recording is one of several that were analysed as one.
type Recording struct {
	Name      string   `json:"name"` // its file, or its run
	Run       string   `json:"run"`
	Started   string   `json:"started"`    // RFC 3339, UTC
	DurationS float64  `json:"duration_s"` // seconds
	Attempts  int      `json:"attempts"`   // upgrades sent
	Refused   int      `json:"refused"`    // of these, refused in any form
	Hosts     []string `json:"hosts"`      // that were asked for, the most asked first, at most 4
	// Stretch is the same of recordings that overlap: their sockets were counted
	// together. From 1, in the order of time.
	Stretch int `json:"stretch"`
}

const mostHosts = 4

// recordings counts each recording of a joined run; nil for one.
func (s *study) recordings() []Recording {
	var list []Recording
	hosts := make([]map[string]int, len(s.run.Parts))
	for i, p := range s.run.Parts {
		hosts[i] = map[string]int{}
		list = append(list, Recording{
			Name: cmp.Or(p.Name, p.ID), Run: p.ID, Started: p.Started.Time().Format(time.RFC3339Nano),
			DurationS: round(p.Until.Sub(p.Started).Seconds(), 3), Stretch: 1 + s.table.Axis.OfPart(i),
		})
	}
	if list == nil {
		return nil
	}
	for _, u := range s.run.Upgrades {
		i := s.run.PartOf(u.Conn)
		list[i].Attempts++
		hosts[i][host(u)]++
	}
	for i := range s.table.Attempts {
		if a := &s.table.Attempts[i]; a.Refused {
			list[s.run.PartOf(a.Upgrade.Conn)].Refused++
		}
	}
	for i := range list {
		list[i].Hosts = commonest(hosts[i], mostHosts)
	}
	return list
}

func host(u *capture.Upgrade) string { return strings.ToLower(cmp.Or(u.Host, u.Authority)) }

// commonest returns the keys with the largest counts.
func commonest(counts map[string]int, most int) []string {
	keys := []string{}
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return keys[:min(len(keys), most)]
}

// subject begins a sentence on what was recorded.
func (s *study) subject() string {
	if len(s.run.Parts) == 0 {
		return "This recording"
	}
	return fmt.Sprintf("These %d recordings together", len(s.run.Parts))
}

// joinNotes says what is taken for granted of recordings that are analysed as one.
func joinNotes(s *study, f *Findings, _ []*hypothesis) []string {
	if len(f.Recordings) == 0 {
		return nil
	}
	var list []string
	if s.table.Axis.N() > 1 {
		list = append(list, "Between recordings nothing was seen: sockets, buckets, bans and counts are taken to begin anew with each, rules and their limits to stay.")
	}
	if s.table.Axis.N() < len(f.Recordings) {
		list = append(list, "Recordings overlap in time: their sockets are counted together, as far as their clocks agree.")
	}
	if text := otherGateways(f.Recordings); text != "" {
		list = append(list, text)
	}
	if !s.table.OneClock() {
		list = append(list, "The recordings do not agree on the gateway's clock; each was dated by its own.")
	}
	if s.opaqueInSeveral() {
		list = append(list, "An opaque token that was used in two recordings counts as two: nothing in the files says that it is one.")
	}
	return list
}

// otherGateways says if a recording asked for none of the hosts of the first.
func otherGateways(list []Recording) string {
	first := list[0]
	for _, r := range list[1:] {
		shared := slices.ContainsFunc(r.Hosts, func(h string) bool { return slices.Contains(first.Hosts, h) })
		if !shared && len(r.Hosts) > 0 && len(first.Hosts) > 0 {
			return fmt.Sprintf("The recordings are of different hosts (%s: %s; %s: %s). If these are different gateways, what one refuses says nothing about the other: explain them apart.",
				first.Name, strings.Join(first.Hosts, ", "), r.Name, strings.Join(r.Hosts, ", "))
		}
	}
	return ""
}

// opaqueInSeveral reports whether more than one recording has opaque tokens.
func (s *study) opaqueInSeveral() bool {
	in := -1
	for _, u := range s.run.Upgrades {
		if s.run.Tokens[u.Token()].Kind != capture.Opaque {
			continue
		}
		if i := s.run.PartOf(u.Conn); in >= 0 && in != i {
			return true
		} else {
			in = i
		}
	}
	return false
}
