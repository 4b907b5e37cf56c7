package analysis

import "fmt"

// grantType finds grants that make a load test unlike its users.
func grantType(s *study) *Advice {
	count := map[string]int{}
	for _, r := range s.run.TokenRequests {
		count[r.GrantType]++
	}
	subjects, n := map[string]bool{}, 0
	for i := range s.table.Attempts {
		if t := s.table.Attempts[i].Token; t != nil && t.Subject != "" {
			subjects[t.Subject] = true
			n++
		}
	}
	switch {
	case count["password"] > 0:
		return &Advice{
			Name: "grant-type",
			Says: fmt.Sprintf("%s used the password grant, which RFC 9700 forbids and many issuers throttle by user.", plural(count["password"], "token request")),
			Do:   []string{"Use client credentials for a service, or tokens obtained beforehand for users."},
		}
	case count["client_credentials"] > 0 && len(subjects) == 1 && n >= fewestUpgrades:
		return &Advice{
			Name: "grant-type",
			Says: fmt.Sprintf("All %s act for one subject: tokens of the client credentials grant stand for the client, not for users, and a limit per user meets them all together.", plural(n, "upgrade")),
			Do:   []string{"Ask whether real users come with tokens of their own; if so, load with several users or client ids, so that limits per user are not met by one."},
		}
	}
	return nil
}
