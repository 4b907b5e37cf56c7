package capture

import (
	"testing"
	"time"
)

const joinBase = Instant(1_790_000_000e9)

// recorded is a run of upgrades a second apart from a moment on, all with one token.
func recorded(id string, from time.Duration, n int, tok Token) *Run {
	r := &Run{Meta: Meta{ID: id, Source: "proxy", Started: joinBase.Add(from), Ended: joinBase.Add(from + time.Duration(n)*time.Second)}}
	r.Tokens = map[Fingerprint]Token{tok.Fingerprint: tok}
	for i := range n {
		at := r.Started.Add(time.Duration(i) * time.Second)
		r.Upgrades = append(r.Upgrades, &Upgrade{
			Conn: int64(i + 1), Exchange: 1, Status: 403, Outcome: Refused,
			Credentials: []Credential{{Token: tok.Fingerprint}}, Phases: Phases{RequestSent: at, ResponseHead: at},
		})
	}
	return r
}

func TestJoinedRunIsValid(t *testing.T) {
	signed := Token{Fingerprint: "a", Kind: JWT, Claims: `{"sub":"x"}`, IssuedAt: joinBase}
	again, opaque := signed, Token{Fingerprint: "c", Kind: Opaque}
	again.Fingerprint = "b"
	first, second, third := recorded("1", 0, 3, signed), recorded("2", time.Second, 4, again), recorded("3", time.Hour, 2, opaque)
	r, err := Join([]string{"third", "first", "second"}, third, first, second)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckValid(); err != nil {
		t.Error(err)
	}
	if len(r.Upgrades) != 9 || len(r.Tokens) != 2 {
		t.Errorf("%d upgrades with %d tokens, want 9 with 2: one of them is in two recordings", len(r.Upgrades), len(r.Tokens))
	}
	var of [3]int
	for _, u := range r.Upgrades {
		of[r.PartOf(u.Conn)]++
	}
	if of != [3]int{3, 4, 2} {
		t.Errorf("parts have %v upgrades, want 3, 4 and 2", of)
	}
	if r.Parts[0].Name != "first" || r.Parts[2].Name != "third" {
		t.Errorf("parts %q … %q, want them in the order of time", r.Parts[0].Name, r.Parts[2].Name)
	}
	if first.Upgrades[0].Conn != 1 || second.Upgrades[0].Token() != "b" {
		t.Error("joining changed a recording")
	}
}

func TestClaimsOfTwoTokensTellNothing(t *testing.T) {
	same := Token{Fingerprint: "a", Kind: JWT, Claims: `{"sub":"x"}`, IssuedAt: joinBase}
	first, second := recorded("1", 0, 1, same), recorded("2", time.Hour, 1, same)
	for fp, r := range map[Fingerprint]*Run{"b": second, "c": second} {
		twin := same
		twin.Fingerprint = fp
		r.Tokens[fp] = twin
	}
	delete(second.Tokens, "a")
	second.Upgrades[0].Credentials[0].Token = "b"
	r, err := Join(nil, first, second)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Tokens) != 3 {
		t.Errorf("%d tokens, want 3", len(r.Tokens))
	}
}

func TestJoinRefuses(t *testing.T) {
	r := recorded("1", 0, 1, Token{Fingerprint: "a"})
	if _, err := Join([]string{"x.db", "y.db"}, r, r); err == nil {
		t.Error("took one recording twice")
	}
	if _, err := Join(nil); err == nil {
		t.Error("took none")
	}
	if one, err := Join(nil, r); err != nil || one != r {
		t.Errorf("of one recording: %v, %v", one, err)
	}
}
