package runfile

import (
	"net/netip"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"why403/capture"
)

// exact compares runs by their public fields, addresses by ==; nil and empty
// slices are the same to every reader.
var exact = cmp.Options{cmpopts.EquateComparable(netip.AddrPort{}), cmpopts.EquateEmpty()}

func newFile(t testing.TB, opt Options) (*Writer, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.db")
	w, err := Create(path, capture.Meta{ID: "r", Started: 1}, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Seal(2) })
	return w, path
}

// plain is an upgrade that was sent, valid as it is.
func plain(conn int64) capture.Upgrade {
	return capture.Upgrade{
		Conn: conn, Exchange: 1, Outcome: capture.Pending,
		Phases: capture.Phases{RequestSent: capture.Instant(1000 + conn)},
	}
}

func mustOpen(t testing.TB, path string) *capture.Run {
	t.Helper()
	run, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.CheckValid(); err != nil {
		t.Fatal(err)
	}
	return run
}

// Every field of every record, full and zero, comes back as it was.
func TestRoundTrip(t *testing.T) {
	meta := filled[capture.Meta](1)
	records := []capture.Record{
		filledUpgrade(100), filledUpgrade(300), plain(1000),
		filled[capture.Token](500), filled[capture.Token](600), capture.Token{Fingerprint: "bare"},
		filled[capture.TokenRequest](700), capture.TokenRequest{},
		filled[capture.ClockSample](800), capture.ClockSample{},
		filled[capture.Loss](900), capture.Loss{Kind: capture.LostGap},
		filled[capture.Note](950), capture.Note{},
	}
	for _, u := range []int{100, 300} {
		for _, c := range filledUpgrade(u).Credentials {
			records = append(records, capture.Token{Fingerprint: c.Token})
		}
	}
	path := filepath.Join(t.TempDir(), "run.db")
	w, err := Create(path, meta, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var c capture.Collector
	for _, rec := range records {
		w.Put(rec)
		c.Put(rec)
	}
	if err := w.Seal(meta.Ended); err != nil {
		t.Fatal(err)
	}
	want := c.Run(meta)
	if err := want.CheckValid(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, mustOpen(t, path), exact); diff != "" {
		t.Errorf("run differs (-put +read):\n%s", diff)
	}
	frameless, err := OpenFrameless(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range want.Upgrades {
		u.Socket.Frames = nil
	}
	if diff := cmp.Diff(want, frameless, exact); diff != "" {
		t.Errorf("run without frames differs (-put +read):\n%s", diff)
	}
	if s := w.Stats(); s.Written != int64(len(records)) || s.Dropped != 0 || s.Queued != 0 {
		t.Errorf("stats %+v", s)
	}
}

// The names of columns are the interface of people's queries: each occurs once.
func TestColumnNamesAreUnique(t *testing.T) {
	names := upgrades.each("%s")
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != len(names) {
		t.Errorf("%d columns have %d names", len(names), n)
	}
}

func TestNewestEmissionStands(t *testing.T) {
	for name, wait := range map[string]bool{"in one batch": false, "in several": true} {
		t.Run(name, func(t *testing.T) {
			w, path := newFile(t, Options{})
			for status := range 5 {
				u := plain(1)
				u.Status, u.Outcome = 400+status, capture.Refused
				w.Put(u)
				for wait && w.Stats().Written <= int64(status) {
				}
			}
			if err := w.Seal(5000); err != nil {
				t.Fatal(err)
			}
			run := mustOpen(t, path)
			if len(run.Upgrades) != 1 || run.Upgrades[0].Status != 404 {
				t.Errorf("%d upgrades, the first %+v", len(run.Upgrades), run.Upgrades[0])
			}
		})
	}
}
