package capture

import (
	"fmt"
	"testing"
	"unsafe"
)

// What upgrades have in common takes memory once, and none takes what is another's.
func TestUpgradesShareWhatTheyHaveInCommon(t *testing.T) {
	var c Collector
	for i := range int64(3) {
		c.Put(Upgrade{
			Conn: i + 1, Exchange: 1, Host: fmt.Sprint("gw.", i/2), Body: fmt.Append(nil, "no ", i/2),
			Credentials: []Credential{{Token: Fingerprint(fmt.Sprint(i / 2))}},
			ServerTLS:   &TLS{SNI: fmt.Sprint("gw.", i/2)},
			Oddities:    [][]string{{"a\nb"}, {"a", "b"}, {"a\nb"}}[i],
		})
	}
	u := c.Run(Meta{}).Upgrades
	if u[0].ServerTLS != u[1].ServerTLS || &u[0].Body[0] != &u[1].Body[0] || &u[0].Credentials[0] != &u[1].Credentials[0] ||
		unsafe.StringData(u[0].Host) != unsafe.StringData(u[1].Host) {
		t.Error("two alike do not share their memory")
	}
	if u[2].ServerTLS.SNI != "gw.1" || string(u[2].Body) != "no 1" || u[2].Token() != "1" || u[2].Host != "gw.1" {
		t.Errorf("another one became %+v", u[2])
	}
	if len(u[1].Oddities) != 2 || len(u[2].Oddities) != 1 {
		t.Errorf("oddities became %q and %q", u[1].Oddities, u[2].Oddities)
	}
}

// An attempt that is taken stays where it is, until another one has its key.
func TestCollectorTakesAttempts(t *testing.T) {
	var c Collector
	first, again := &Upgrade{Conn: 1, Exchange: 1, Status: 401}, Upgrade{Conn: 1, Exchange: 1, Status: 403}
	c.Take(first)
	c.Take(&Upgrade{Conn: 2, Exchange: 1})
	c.Take(&again)
	if u := c.Run(Meta{}).Upgrades; len(u) != 2 || u[0] != first || first.Status != 403 {
		t.Errorf("%d attempts, the first %+v", len(u), u[0])
	}
}
