package analysis

import (
	"fmt"
	"strings"

	"why403/analysis/covariate"
	"why403/capture"
)

// AnsweredBy says which layer made the refusals, as far as their form tells.
type AnsweredBy struct {
	Layer    string  `json:"layer"`           // who decided: "HAProxy", "the application"
	Evidence string  `json:"evidence"`        // what of the answers says so
	Doubt    string  `json:"doubt,omitempty"` // what else it could be, one sentence
	Relays   []Relay `json:"relays,omitempty"`
	Refusals int     `json:"refusals,omitempty"` // how many refusals have this form
	Of       int     `json:"of,omitempty"`
}

// Relay is a layer that only passed the answers on, outermost first.
type Relay struct {
	Layer    string `json:"layer"`
	Evidence string `json:"evidence"`
}

// answeredBy names who made the most common form of refusal; nil if nothing was
// answered.
func (s *study) answeredBy() *AnsweredBy {
	form, n, of := s.commonForm()
	if form == nil {
		return nil
	}
	a := decider(form)
	a.Refusals, a.Of = n, of
	a.Relays = relays(form, a.Layer)
	extra := []string{s.missingFields(form), s.latencyWords()}
	for _, e := range extra {
		if e != "" {
			a.Evidence = strings.TrimPrefix(a.Evidence+"; "+e, "; ")
		}
	}
	if a.Evidence == "" {
		a.Evidence = "nothing in the answer is the mark of a known product"
	}
	return a
}

// commonForm returns a refusal of the form that most have, and how many have it.
func (s *study) commonForm() (form *capture.Upgrade, n, of int) {
	forms := map[shape]string{}
	first, count := map[string]*capture.Upgrade{}, map[string]int{}
	for _, u := range s.run.Upgrades {
		if _, inBand := covariate.InBand(u); !inBand && u.Outcome != capture.Refused {
			continue
		}
		of++
		k := shape{u.Status, u.Socket.CloseCode, u.ResponseHead.Len(), u.BodyBytes}
		key, known := forms[k]
		if !known {
			key = formOf(u)
			forms[k] = key
		}
		if first[key] == nil {
			first[key] = u
		}
		if count[key]++; count[key] > n {
			form, n = first[key], count[key]
		}
	}
	return form, n, of
}

// shape is what answers of one form have in common at least, and cheap to compare.
type shape struct {
	status, code, head int
	body               int64
}

// formOf is what answers of one origin have in common: status, names of the
// fields, length and beginning of the body.
func formOf(u *capture.Upgrade) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d ", u.Status, u.Socket.CloseCode)
	for name := range u.ResponseHead.Fields() {
		if !strings.EqualFold(name, "Date") {
			b.WriteString(strings.ToLower(name))
			b.WriteByte(' ')
		}
	}
	b.Write(u.Body[:min(len(u.Body), 24)])
	return b.String()
}

// decider returns the heaviest fingerprint that decides.
func decider(u *capture.Upgrade) *AnsweredBy {
	var best *fingerprint
	list := fingerprints()
	for i := range list {
		f := &list[i]
		if f.Role == "decides" && (best == nil || f.Weight > best.Weight) && f.matches(u) {
			best = f
		}
	}
	if best != nil {
		a := &AnsweredBy{Layer: best.Layer, Evidence: best.evidence()}
		if best.Doubt != "none known" {
			a.Doubt = best.Doubt + "."
		}
		return a
	}
	layer, evidence := "unknown", ""
	if u.Outcome == capture.Accepted {
		layer = "the application behind the upgrade"
		evidence = "it answered 101 before it refused"
	} else if server, ok := u.ResponseHead.Get("Server"); ok {
		evidence = fmt.Sprintf("Server: %s is the name of no product that is known here", server)
	}
	return &AnsweredBy{Layer: layer, Evidence: evidence, Doubt: "No known form of answer fits."}
}

// relays returns the layers that the answer passed through.
func relays(u *capture.Upgrade, decided string) []Relay {
	var list []Relay
	for _, f := range fingerprints() {
		if f.Role != "relays" || strings.HasPrefix(decided, f.Layer) || !f.matches(u) {
			continue
		}
		list = append(list, Relay{f.Layer, f.evidence()})
	}
	return list
}
