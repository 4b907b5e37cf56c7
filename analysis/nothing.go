package analysis

import (
	"fmt"

	"why403/capture"
)

// nothingRefused says what no refusal means: that none was made only if whatever
// was recorded could be read.
func (s *study) nothingRefused(f *Findings) {
	unread := s.lost(capture.LostKeys)
	switch {
	case unread > 0:
		f.Verdict.Status = Insufficient
		f.Verdict.Says = fmt.Sprintf("Statuses are unknown: %s could not be decrypted, and refusals may be among them. What could be read holds %s and no refusal.",
			plural(unread, "TLS connection"), plural(f.Accepted, "accepted upgrade"))
	case f.Attempts == 0 && len(s.run.Losses) > 0:
		f.Verdict.Status = Insufficient
		f.Verdict.Says = "No upgrade could be read, and part of the recording is missing or was not understood: upgrades and refusals may be in it."
	default:
		f.Verdict.Status = NoRefusals
		f.Verdict.Says = fmt.Sprintf("No upgrade was refused: %s, at most %d open at once%s.", plural(f.Accepted, "accepted upgrade"), f.PeakOpen, f.unanswered())
	}
}

// unanswered continues a sentence with the upgrades that got no answer, if any did not.
func (f *Findings) unanswered() string {
	n := 0
	for _, of := range f.Failed {
		n += of
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d got no answer", n)
}

// lost returns how much of one kind the recording says is missing.
func (s *study) lost(kind capture.LossKind) int {
	n := int64(0)
	for _, l := range s.run.Losses {
		if l.Kind == kind {
			n += l.Count
		}
	}
	return int(n)
}
