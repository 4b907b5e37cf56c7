package capture

import "testing"

func TestIndexFindsWhatWasPut(t *testing.T) {
	var x index
	keys := [][2]int64{{1, 1}, {3, 1}, {3, 2}, {1 << 60, 1}, {2, 1}, {0, 1}, {-5, 1}, {1, -1}, {1100, 1}, {1050, 1}}
	for i, key := range keys {
		if x.find(key[0], key[1]) != nil {
			t.Errorf("%v is found before it was put", key)
		}
		x.put(key[0], key[1], &Upgrade{Status: i})
	}
	for i, key := range keys {
		if u := x.find(key[0], key[1]); u == nil || u.Status != i {
			t.Errorf("of %v it finds %v", key, u)
		}
	}
}

// A connection that has a number beyond the room at first, and within it later, is one.
func TestIndexKeepsWhatCameTooEarly(t *testing.T) {
	var x index
	early := &Upgrade{}
	x.put(2000, 1, early)
	for conn := range int64(500) {
		x.put(1500+conn, 1, &Upgrade{})
		x.put(2001+conn, 1, &Upgrade{})
	}
	if len(x.firsts) < 2001 || x.find(2000, 1) != early {
		t.Error("it is lost")
	}
}

// Numbers that are far apart take no memory for those between them.
func TestIndexIsBounded(t *testing.T) {
	var x index
	for i := range int64(100) {
		x.put(i<<40, 1, &Upgrade{})
	}
	if len(x.firsts) > 1500 {
		t.Errorf("room for %d", len(x.firsts))
	}
}
