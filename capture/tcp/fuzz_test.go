package tcp

import (
	"math/rand/v2"
	"testing"
	"time"

	"why403/capture"
)

// FuzzAssembler loses, repeats, cuts, delays and mixes the segments of two
// connections as the input says: whatever is given was sent, with gaps where bytes
// are missing, and nothing is left waiting.
func FuzzAssembler(f *testing.F) {
	f.Add(uint64(1), []byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Add(uint64(2), []byte{7, 7, 7, 3, 2, 2, 2, 9, 200, 31})
	f.Fuzz(func(t *testing.T, seed uint64, ops []byte) {
		rng := rand.New(rand.NewPCG(seed, 6))
		v := newConversation(1, -uint32(rng.IntN(3000)), rng.Uint32())
		v.open()
		v.talk(rng, 30)
		v.close()
		var in []packetAt
		for i, s := range v.out {
			op := byte(0)
			if len(ops) > 0 {
				op = ops[i%len(ops)]
			}
			switch op % 8 {
			case 1: // lost
				continue
			case 2: // twice
				in = append(in, s)
			case 3: // cut by the snap length
				n := len(s.Payload) / 2
				s.Payload, s.Cut = s.Payload[:n], len(s.Payload)-n
			case 4: // behind the next one
				if i > 0 && len(in) > 0 {
					in = append(in[:len(in)-1], s, in[len(in)-1])
					continue
				}
			case 5: // much later
				s.at = s.at.Add(time.Duration(op) * time.Second)
			case 6: // the clock steps back
				s.at -= capture.Instant(time.Duration(op) * time.Second)
			}
			in = append(in, s)
		}
		logs, a := assemble(Options{OutOfOrder: 1000}, in)
		for _, l := range logs {
			for d := range v.sent {
				checkTrue(t, l, v, Dir(d))
			}
			if l.why == "" {
				t.Fatal("a stream was not closed")
			}
		}
		if a.waiting != 0 {
			t.Fatalf("%d bytes left", a.waiting)
		}
	})
}
