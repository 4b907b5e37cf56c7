package passive

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"why403/capture"
	"why403/capture/pcapfile"
)

// TestPlainLoad reads a load without TLS exactly, whatever happened to its packets on
// the way into the capture, as long as none is missing.
func TestPlainLoad(t *testing.T) {
	const n = 40
	tp := load(t, nil, n)
	rng := rand.New(rand.NewPCG(1, 2))
	for name, packets := range map[string][]pcapfile.Packet{
		"as it was":          tp.Packets,
		"every packet twice": twice(tp.Packets),
		"reordered":          shuffled(rng, tp.Packets, 4),
		"both":               shuffled(rng, twice(tp.Packets), 6),
	} {
		t.Run(name, func(t *testing.T) {
			run := observe(t, packets, nil, Options{})
			checkLoad(t, run, n)
			if len(run.Losses) != 0 {
				t.Errorf("losses: %+v", run.Losses)
			}
		})
	}
}

func checkLoad(t *testing.T, run *capture.Run, n int) {
	t.Helper()
	want := map[capture.Outcome]int{capture.Accepted: n - refused(n), capture.Refused: refused(n)}
	if got := outcomes(run); !maps.Equal(got, want) {
		t.Errorf("outcomes: got %v, want %v", got, want)
	}
	if len(run.TokenRequests) != 1 || len(run.Tokens) != 1 {
		t.Errorf("%d token requests, %d tokens", len(run.TokenRequests), len(run.Tokens))
	}
	for _, u := range run.Upgrades {
		s, f := &u.Socket, u.Socket.Counted()
		if u.Outcome == capture.Accepted && (f.FromClient.Text != echoed || f.FromServer.Text != echoed || s.CloseCode != 1000 || s.EndedBy != capture.Client) {
			t.Errorf("connection %d: %+v", u.Conn, s)
		}
		p := &u.Phases
		if !u.Client.IsValid() || !u.Server.IsValid() || !p.Resolved.Seen() || !p.Dialed.Seen() || p.Dialed > p.RequestSent || p.ResponseHead < p.RequestSent {
			t.Errorf("connection %d: from %v to %v, phases %+v", u.Conn, u.Client, u.Server, p)
		}
		if len(u.Credentials) != 1 {
			t.Errorf("connection %d: credentials %v", u.Conn, u.Credentials)
		}
	}
}

func twice(in []pcapfile.Packet) (out []pcapfile.Packet) {
	for _, p := range in {
		out = append(out, p, p)
	}
	return out
}

// shuffled delays packets by up to n places.
func shuffled(rng *rand.Rand, in []pcapfile.Packet, n int) []pcapfile.Packet {
	place := make([]int, len(in))
	order := make([]int, len(in))
	for i := range in {
		place[i], order[i] = i+rng.IntN(n+1), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return place[a] - place[b] })
	out := make([]pcapfile.Packet, len(in))
	for i, from := range order {
		out[i] = in[from]
	}
	return out
}

// TestPlainLoss drops packets. What is reported stays true: no attempt that was
// not made, no refusal that was accepted; and what is missing is told.
func TestPlainLoss(t *testing.T) {
	const n = 40
	tp := load(t, nil, n)
	truth := map[string]capture.Outcome{}
	for _, u := range observe(t, tp.Packets, nil, Options{}).Upgrades {
		truth[u.Target] = u.Outcome
	}
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 3))
		kept := slices.DeleteFunc(slices.Clone(tp.Packets), func(pcapfile.Packet) bool { return rng.IntN(20) == 0 })
		run := observe(t, kept, nil, Options{})
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

// TestBeganBefore begins a capture when all that is left of a connection is its end.
func TestBeganBefore(t *testing.T) {
	tp := load(t, nil, 1)
	for left, want := range []int64{0, 0, 1, 1} { // the last ACK, both FINs
		run := observe(t, tp.Packets[len(tp.Packets)-left:], nil, Options{})
		var late int64
		for _, l := range run.Losses {
			if l.Kind == capture.LostLate {
				late += l.Count
			}
		}
		if late != want {
			t.Errorf("last %d packets: %d connections that began before, want %d", left, late, want)
		}
	}
}

// TestCutAnywhere ends a capture after every packet: outcomes are those of the whole
// one, or open.
func TestCutAnywhere(t *testing.T) {
	tp := load(t, nil, 4)
	truth := map[string]capture.Outcome{}
	for _, u := range observe(t, tp.Packets, nil, Options{}).Upgrades {
		truth[u.Target] = u.Outcome
	}
	for end := range tp.Packets {
		for _, u := range observe(t, tp.Packets[:end], nil, Options{}).Upgrades {
			if u.Outcome != truth[u.Target] && u.Outcome != capture.Pending {
				t.Errorf("after %d packets: %s is %q", end, u.Target, u.Outcome)
			}
		}
		for _, u := range observe(t, tp.Packets[end:], nil, Options{}).Upgrades {
			if u.Outcome != truth[u.Target] && u.Outcome != capture.Pending {
				t.Errorf("from packet %d on: %s is %q", end, u.Target, u.Outcome)
			}
		}
	}
}
