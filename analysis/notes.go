package analysis

import (
	"fmt"
	"slices"

	"why403/capture"
)

// notes lists what was missing or doubtful in the recording, as far as the run
// shows it.
func notes(s *study, f *Findings, hs []*hypothesis) []string {
	list := []string{}
	for _, of := range []func(*study, *Findings, []*hypothesis) []string{
		recordingNotes, joinNotes, noneNotes, lossNotes, editNotes, tokenNotes, clockNotes, answerNotes, scopeNotes,
	} {
		list = append(list, of(s, f, hs)...)
	}
	for _, n := range s.run.Notes {
		list = append(list, n.Text)
	}
	return list
}

func recordingNotes(s *study, f *Findings, _ []*hypothesis) []string {
	var list []string
	if !s.run.Ended.Seen() && f.Attempts > 0 {
		list = append(list, "The recording was not sealed: it crashed or still runs, and its last seconds may be missing.")
	}
	if f.Pending > 0 {
		list = append(list, fmt.Sprintf("%s had no answer when the recording ended.", plural(f.Pending, "upgrade")))
	}
	failed := 0
	for outcome, n := range f.Failed {
		failed += n - f.RefusedSilently[outcome]
	}
	if failed > 0 {
		list = append(list, fmt.Sprintf("%s failed without an answer; they are no evidence for or against a cause.", plural(failed, "upgrade")))
	}
	if f.Verdict.Status == Insufficient {
		list = append(list, "Record on until there are more refusals, and some upgrades after them.")
	}
	return list
}

func lossNotes(s *study, _ *Findings, _ []*hypothesis) []string {
	what := map[capture.LossKind]string{
		capture.LostQueue:   "records were dropped because the recorder fell behind",
		capture.LostDisk:    "records were not taken by the run file",
		capture.LostGap:     "bytes are missing in recorded streams",
		capture.LostBlind:   "connections were tunnelled without being read",
		capture.LostParse:   "connections were not HTTP/1.1 or broke its framing",
		capture.LostRefused: "connections were refused by a limit of the recorder",

		capture.LostPackets:   "packets are not in the capture, or not whole",
		capture.LostFile:      "capture files could be read only in part",
		capture.LostKeys:      "TLS connections could not be decrypted: what was asked in them, and the answers, are unknown",
		capture.LostLate:      "connections were open when the capture began, and were not read",
		capture.LostHandshake: "connections failed before a request was sent",
	}
	count := map[capture.LossKind]int64{}
	var order []capture.LossKind
	for _, l := range s.run.Losses {
		if count[l.Kind] == 0 {
			order = append(order, l.Kind)
		}
		count[l.Kind] += l.Count
	}
	var list []string
	for _, k := range order {
		text := what[k]
		if text == "" {
			text = "lost: " + string(k)
		}
		list = append(list, fmt.Sprintf("%d %s; open sockets may be counted too low.", count[k], text))
	}
	return list
}

func editNotes(s *study, f *Findings, _ []*hypothesis) []string {
	var list []string
	edited, tls := 0, 0
	example := ""
	for _, u := range s.run.Upgrades {
		if len(u.Edits) > 0 {
			edited++
			if example == "" {
				example = u.Edits[0]
			}
		}
		if u.ClientTLS != nil && u.ServerTLS != nil {
			tls++
		}
	}
	if edited > 0 {
		list = append(list, fmt.Sprintf("The recorder changed %s on the way (%s).", plural(edited, "request"), example))
	}
	if tls > 0 && s.run.Source == "proxy" {
		list = append(list, "The gateway saw the proxy's TLS handshake and source address in place of the load tool's; a rule that looks at these may decide differently without the proxy.")
	}
	return list
}

func tokenNotes(s *study, f *Findings, _ []*hypothesis) []string {
	if s.refused == 0 || len(s.table.Attempts) == 0 {
		return nil
	}
	var list []string
	if n := s.withoutToken(); n > 0 {
		text := fmt.Sprintf("No token was seen in %d of %s.", n, plural(len(s.table.Attempts), "decided upgrade"))
		if s.tokensUnseen() && !s.table.TokensUsual {
			text += " A cause kept under the token stays possible, and would show as another."
		}
		list = append(list, text)
	}
	undated, placeholders := 0, 0
	for i := range s.table.Attempts {
		a := &s.table.Attempts[i]
		if a.Token != nil && a.Token.Kind == capture.Placeholder {
			placeholders++
		} else if a.Token != nil && !knowsExpiry(a) {
			undated++
		}
	}
	if placeholders > 0 {
		list = append(list, fmt.Sprintf("%s carried a placeholder in place of a token: extraction failed in the load tool.", plural(placeholders, "upgrade")))
	}
	if undated > 0 {
		list = append(list, fmt.Sprintf("The expiry of the token is not known for %s: it has no readable exp, and no token response with expires_in was recorded.", plural(undated, "upgrade")))
	}
	return list
}

func clockNotes(s *study, _ *Findings, _ []*hypothesis) []string {
	c := s.table.Clock
	switch {
	case s.refused == 0:
		return nil
	case !s.table.ClockSet && c.Samples == 0:
		return []string{"The gateway's clock is not known: no answer had a Date. It was taken to be within 2 s of ours."}
	case !s.table.ClockSet:
		return []string{fmt.Sprintf("The gateway's clock is not known: at most %d of %d Date fields agree on an offset. It was taken to be within 2 s of ours.", c.Agree, c.Samples)}
	case c.Agree < c.Samples:
		return []string{fmt.Sprintf("%d of %d Date fields contradict the estimate of the gateway's clock: cached, or of another machine.", c.Samples-c.Agree, c.Samples)}
	}
	return nil
}

// answerNotes reports what the refusals say where that does not fit.
func answerNotes(s *study, f *Findings, hs []*hypothesis) []string {
	var list []string
	forms := len(f.Refused) + len(f.RefusedInBand) + len(f.RefusedSilently)
	if forms > 1 {
		list = append(list, fmt.Sprintf("Refusals took %d forms; they were weighed together, and those that came in number apart too.", forms))
	}
	if s.refused == 0 {
		return list
	}
	for _, c := range causes() {
		n := s.spoken(c)
		if n == 0 || len(hs) > 0 && hs[0].limitsUpgrades() && c.limitsUpgrades() {
			continue
		}
		for _, h := range hs {
			if h.cause == c && h.probability < 0.01 {
				list = append(list, fmt.Sprintf("%s say %s in words, but the recording speaks against it: %s.", plural(n, "refusal"), c.name, c.story(s, h)))
				break
			}
			if h.cause == c {
				break
			}
		}
	}
	return list
}

// limitsUpgrades reports whether each cause of a hypothesis is a limit on upgrades in a time:
// answers call it by one name, however it counts.
func (h *hypothesis) limitsUpgrades() bool {
	return !slices.ContainsFunc(h.single(), func(part *hypothesis) bool { return !part.cause.limitsUpgrades() })
}

func (c *cause) limitsUpgrades() bool { return c == rateLimit || c == quota }

// scopeNotes says where the cause is clear and the key that it is kept under is not.
func scopeNotes(s *study, f *Findings, hs []*hypothesis) []string {
	if f.Verdict.Status != Determined {
		return nil
	}
	c := f.Verdict.Causes[0]
	for _, h := range hs {
		if h.cause.name == c.Cause && h.scope != c.Scope && h.probability >= worthNaming {
			return []string{fmt.Sprintf("The cause is clear, its scope is not: %s has %s.", h.scope, percent(h.probability))}
		}
	}
	return nil
}
