package passive

import (
	"bytes"
	"crypto/tls"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"why403/capture/pcapfile"
	"why403/internal/wsload"
)

// TestDamageAgainstTshark damages generated loads on their way into the capture and prints
// what is found of them beside what tshark finds (docs/pcap.md). What does not lose a
// packet must not lose us anything, and nothing makes us find what was not there.
func TestDamageAgainstTshark(t *testing.T) {
	if os.Getenv("WHY403_E2E") == "" {
		t.Skip("takes a while; WHY403_E2E is not set")
	}
	needTshark(t)
	const n = 40
	rng := rand.New(rand.NewPCG(7, 8))
	damages := []struct {
		name  string
		whole bool // all packets are there
		do    func([]pcapfile.Packet) []pcapfile.Packet
	}{
		{"as it was", true, slices.Clone[[]pcapfile.Packet]},
		{"every packet twice", true, twice},
		{"up to 3 places out of order", true, func(p []pcapfile.Packet) []pcapfile.Packet { return shuffled(rng, p, 3) }},
		{"up to 12 places, and twice", true, func(p []pcapfile.Packet) []pcapfile.Packet { return shuffled(rng, twice(p), 12) }},
		{"1 % of packets missing", false, func(p []pcapfile.Packet) []pcapfile.Packet {
			return slices.DeleteFunc(slices.Clone(p), func(pcapfile.Packet) bool { return rng.IntN(100) == 0 })
		}},
		{"cut to 600 bytes", false, func(p []pcapfile.Packet) []pcapfile.Packet { return snapped(p, 600) }},
	}
	for _, load := range []struct {
		name string
		conf *tls.Config
	}{
		{"plain", nil},
		{"TLS 1.2", &tls.Config{MaxVersion: tls.VersionTLS12, SessionTicketsDisabled: true}},
		{"TLS 1.3", &tls.Config{MinVersion: tls.VersionTLS13}},
	} {
		tp, err := wsload.Record(wsload.Options{TLS: load.conf, Sockets: n, Messages: 5, Size: 3000})
		if err != nil {
			t.Fatal(err)
		}
		whole := count(t, written(t, tp, tp.Packets))
		if whole.Upgrades != n || whole.Status["403"] != refused(n) {
			t.Errorf("%s: we have %v of %d upgrades", load.name, whole, n)
		}
		for _, d := range damages {
			path := written(t, tp, d.do(tp.Packets))
			ours, theirs := count(t, path), tshark(t, path)
			t.Logf("| %s, %s | %v | %v |", load.name, d.name, ours, theirs)
			switch {
			case d.whole && ours.String() != whole.String():
				t.Errorf("%s, %s: we have %v of %v", load.name, d.name, ours, whole)
			case ours.Upgrades > whole.Upgrades || ours.Status["403"] > whole.Status["403"] || ours.Status["101"] > whole.Status["101"] || ours.Frames > whole.Frames:
				t.Errorf("%s, %s: we have %v where there was %v", load.name, d.name, ours, whole)
			}
		}
	}
}

// written writes packets to a file, with the keys of the tape that they are of.
func written(t *testing.T, tp *wsload.Tape, packets []pcapfile.Packet) string {
	t.Helper()
	return writePackets(t, pcapfile.Raw, tp.Keys(), packets)
}

func writePackets(t *testing.T, link pcapfile.LinkType, keys []byte, packets []pcapfile.Packet) (path string) {
	t.Helper()
	var file bytes.Buffer
	w, err := pcapfile.NewWriter(&file, link, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Secrets(pcapfile.TLSKeyLog, keys); err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		if err := w.Packet(0, p.Time, p.Data, p.Length); err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(t.TempDir(), "load.pcapng")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// snapped cuts packets as a snap length does.
func snapped(in []pcapfile.Packet, n int) []pcapfile.Packet {
	out := slices.Clone(in)
	for i := range out {
		out[i].Data = out[i].Data[:min(len(out[i].Data), n)]
	}
	return out
}
