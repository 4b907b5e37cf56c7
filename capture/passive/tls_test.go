package passive

import (
	"crypto/tls"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"why403/capture"
	"why403/capture/pcapfile"
	"why403/capture/tlswire"
	"why403/capture/token"
)

// TestTLSLoad decrypts loads of both versions and of several suites, with sessions
// that are resumed, exactly, in and out of order.
func TestTLSLoad(t *testing.T) {
	const n = 20
	for name, conf := range map[string]*tls.Config{
		"TLS 1.3":              {MinVersion: tls.VersionTLS13},
		"TLS 1.2, AES-128-GCM": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}},
		"TLS 1.2, AES-256-GCM": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}},
		"TLS 1.2, ChaCha20":    {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}},
		"TLS 1.2, AES-128-CBC": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}},
	} {
		t.Run(name, func(t *testing.T) {
			tp := load(t, conf, n)
			rng := rand.New(rand.NewPCG(1, 2))
			for how, packets := range map[string][]pcapfile.Packet{"as it was": tp.Packets, "reordered": shuffled(rng, tp.Packets, 4), "twice": twice(tp.Packets)} {
				run := observe(t, packets, tp.Keys(), Options{})
				checkLoad(t, run, n)
				if len(run.Losses) != 0 {
					t.Errorf("%s: losses %+v", how, run.Losses)
				}
				for _, u := range run.Upgrades {
					p := &u.Phases
					if u.ServerTLS == nil || !strings.HasPrefix(name, u.ServerTLS.Version) || u.Scheme != "wss" || !p.ClientHello.Seen() || p.Secured < p.ClientHello || p.RequestSent < p.Secured {
						t.Errorf("%s: connection %d: TLS %+v, phases %+v", how, u.Conn, u.ServerTLS, p)
						break
					}
				}
			}
		})
	}
}

// TestNoKeys says how many connections are unknown and what to look for, and reports
// no attempt at all.
func TestNoKeys(t *testing.T) {
	const n = 12
	tp := load(t, &tls.Config{}, n)
	run := observe(t, tp.Packets, nil, Options{})
	if len(run.Upgrades) != 0 {
		t.Errorf("%d upgrades without keys", len(run.Upgrades))
	}
	if len(run.Losses) != 1 || run.Losses[0].Kind != capture.LostKeys || run.Losses[0].Count != n+1 || run.Losses[0].Detail != "no_key" {
		t.Errorf("losses: %+v", run.Losses)
	}
	keys := string(tp.Keys())
	if len(run.Notes) != 1 {
		t.Fatalf("notes: %+v", run.Notes)
	}
	_, random, _ := strings.Cut(run.Notes[0].Text, "client random ")
	if random = strings.Split(random, ",")[0]; len(random) != 64 || !strings.Contains(keys, random) {
		t.Errorf("the first client random named is %q", random)
	}
}

// TestSomeKeys reads what it can and counts the rest.
func TestSomeKeys(t *testing.T) {
	const n = 10
	tp := load(t, &tls.Config{MaxVersion: tls.VersionTLS12, SessionTicketsDisabled: true}, n)
	lines := strings.SplitAfter(strings.TrimSpace(string(tp.Keys())), "\n")
	run := observe(t, tp.Packets, []byte(strings.Join(lines[:len(lines)-4], "")), Options{})
	if len(run.Upgrades) != n-4 || len(run.Losses) != 1 || run.Losses[0].Count != 4 {
		t.Errorf("%d upgrades, losses %+v", len(run.Upgrades), run.Losses)
	}
}

// TestLateKeys gives the keys only once packets that need them have come, as a live capture
// meets them: held records are read then, and each connection is read or counted.
func TestLateKeys(t *testing.T) {
	const n = 10
	tp := load(t, &tls.Config{}, n)
	held := false
	for at := 2; at < 60; at += 3 {
		var c capture.Collector
		keys := tlswire.NewKeyLog(0)
		o := New(Options{Keys: keys, Hold: 64 << 10}, token.NewKeeper(make([]byte, 32)), c.Put)
		for i := range tp.Packets {
			o.Packet(&tp.Packets[i])
			if i == at {
				before := len(o.waiting)
				keys.Add(tp.Keys())
				o.KeysGrew()
				held = held || before > 0
			}
		}
		o.Close()
		run := c.Run(capture.Meta{})
		read := len(run.Upgrades) + len(run.TokenRequests)
		lost := 0
		for _, l := range run.Losses {
			lost += int(l.Count)
		}
		if read+lost != n+1 || lost > 1+at/20 {
			t.Errorf("keys after packet %d: %d connections read, losses %+v", at, read, run.Losses)
		}
	}
	if !held {
		t.Error("no connection ever waited for keys")
	}
}

// TestTLSLoss drops packets: what is reported stays true.
func TestTLSLoss(t *testing.T) {
	const n = 20
	tp := load(t, &tls.Config{}, n)
	truth := map[string]capture.Outcome{}
	for _, u := range observe(t, tp.Packets, tp.Keys(), Options{}).Upgrades {
		truth[u.Target] = u.Outcome
	}
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 3))
		kept := slices.DeleteFunc(slices.Clone(tp.Packets), func(pcapfile.Packet) bool { return rng.IntN(20) == 0 })
		run := observe(t, kept, tp.Keys(), Options{})
		for _, u := range run.Upgrades {
			if want := truth[u.Target]; u.Outcome != want && u.Outcome != capture.Pending {
				t.Errorf("seed %d: %s is %q (%s), was %q", seed, u.Target, u.Outcome, u.Failure, want)
			}
		}
		if len(run.Upgrades) < n && len(run.Losses) == 0 {
			t.Errorf("seed %d: %d of %d attempts, and nothing is said to be missing", seed, len(run.Upgrades), n)
		}
	}
}
