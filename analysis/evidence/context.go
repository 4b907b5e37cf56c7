package evidence

// Context returns the log evidence of "the refusal rate depends on a context": for
// each value of label a rate of its own with a Jeffreys prior. Labels are 0 to n−1;
// attempts with a negative label are left out. Without weights each attempt counts in
// full.
func Context(label []int32, n int, refused []bool, weight []float64) float64 {
	cells := make([][2]float64, n)
	for i, l := range label {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		if l >= 0 {
			cells[l][outcome(refused[i])] += w
		}
	}
	return Rates(cells)
}

// Rates returns the log evidence of a rate of refusals of its own for each cell of the
// weights of acceptances and refusals.
func Rates(cells [][2]float64) float64 {
	var sum float64
	for _, c := range cells {
		sum += Either.Log(c[1], c[0])
	}
	return sum
}
