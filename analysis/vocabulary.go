package analysis

// Vocabulary is every cause that a finding may name; docs/causes.md describes them.
var Vocabulary = []string{
	"concurrency-cap", "rate-limit", "quota",
	"token-expired", "token-too-old", "token-not-yet-valid", "token-overused", "token-missing",
	"attribute", "source-ban", "overload", "outage", "random", "unknown",
}

// Statuses is every status of a verdict.
var Statuses = []Status{Determined, Undetermined, Insufficient, NoRefusals}
