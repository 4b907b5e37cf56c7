package analysis

import (
	"math"
	"testing"
)

// A load that goes on for half as long again opens those sockets once more that had closed by
// then, and no others.
func TestGoingOn(t *testing.T) {
	f := loadFacts{shared: true, age: 7}
	for i := range 11 {
		end := float64(10*i + 1)
		if i == 3 {
			end = math.Inf(1)
		}
		f.again = append(f.again, f.opening(i, float64(10*i)), move{at: end, socket: i})
	}
	longer := f.goingOn(1.5).again
	if len(longer) != len(f.again)+2*5 {
		t.Fatalf("%d moves, want 5 sockets opened and closed beyond %d", len(longer), len(f.again))
	}
	for i, at := range []float64{100, 110, 120, 140, 150} {
		opened, closed := longer[len(f.again)+2*i], longer[len(f.again)+2*i+1]
		if opened.at != at || opened.age != 7+at || closed.at != at+1 || opened.socket != closed.socket || opened.socket < 11 {
			t.Errorf("socket %d opens %+v and closes %+v", i, opened, closed)
		}
	}
}
