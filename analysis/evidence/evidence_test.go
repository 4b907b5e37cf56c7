package evidence

import (
	"math"
	"math/rand/v2"
	"testing"
)

// urn is the beta-binomial in its sequential form, the Pólya urn: each outcome has
// the probability (prior + seen so far) / (all priors + all seen so far).
func urn(p Beta, refused, accepted int) float64 {
	sum := 0.0
	for i := range refused {
		sum += math.Log((p.A + float64(i)) / (p.A + p.B + float64(i)))
	}
	for i := range accepted {
		sum += math.Log((p.B + float64(i)) / (p.A + p.B + float64(refused+i)))
	}
	return sum
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestBetaMatchesUrn(t *testing.T) {
	for _, p := range []Beta{SaysNo, SaysYes, Either, {1, 1}} {
		for _, n := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {3, 1}, {400, 2}, {2, 400}} {
			near(t, "Log", p.Log(float64(n[0]), float64(n[1])), urn(p, n[0], n[1]))
		}
	}
	// By hand: (5/5.2)(6/6.2)(7/7.2)(0.2/8.2) = 0.022065…
	near(t, "by hand", SaysNo.Log(3, 1), math.Log(5/5.2*6/6.2*7/7.2*0.2/8.2))
}

// observation is one attempt.
type observation struct {
	Lo, Hi, Mid float64
	Refused     bool
	Weight      float64
}

func sorted(obs []observation) Steps {
	refused, weight := make([]bool, len(obs)), make([]float64, len(obs))
	for i, o := range obs {
		refused[i], weight[i] = o.Refused, o.Weight
	}
	return Sorted(func(i int) (lo, mid, hi float64) { return obs[i].Lo, obs[i].Mid, obs[i].Hi }, refused, weight)
}

// brute weighs every threshold by looking at every attempt.
func brute(obs []observation, thresholds []float64, mass Mass) (evidence, best float64) {
	best = math.Inf(-1)
	after, sum := math.Inf(-1), 0.0
	for _, theta := range thresholds {
		var t Table
		for _, o := range obs {
			side := map[string]*[2]*float64{
				"no": {&t.NoAccepted, &t.NoRefused}, "yes": {&t.YesAccepted, &t.YesRefused},
				"leanno": {&t.LeanNoAccepted, &t.LeanNoRefused}, "leanyes": {&t.LeanYesAccepted, &t.LeanYesRefused},
			}
			class := "yes"
			switch {
			case o.Lo >= theta:
				class = "no"
			case o.Mid >= theta:
				class = "leanno"
			case o.Hi >= theta:
				class = "leanyes"
			}
			*side[class][outcome(o.Refused)] += o.Weight
		}
		if m := mass(after, theta); m > 0 && t.NoRefused > 0 && t.YesAccepted+t.YesRefused > 0 {
			best = max(best, t.Log())
			sum += m * math.Exp(t.Log())
		}
		after = theta
	}
	return math.Log(sum), best
}

func TestScanMatchesBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		n := 2 + rng.IntN(40)
		var obs []observation
		r := Range{}
		var refused []bool
		var weights []float64
		for range n {
			lo := rng.IntN(12)
			mid := lo + rng.IntN(3)
			hi := mid + rng.IntN(3)
			o := observation{Lo: float64(lo), Mid: float64(mid), Hi: float64(hi), Refused: rng.IntN(12) < mid, Weight: 0.1 + rng.Float64()}
			obs = append(obs, o)
			r.Lo, r.Mid, r.Hi = append(r.Lo, int32(lo)), append(r.Mid, int32(mid)), append(r.Hi, int32(hi))
			refused, weights = append(refused, o.Refused), append(weights, o.Weight)
		}
		mass := Counts(1000)
		var all []float64
		for v := range 18 {
			all = append(all, float64(v))
		}
		evidence, best := brute(obs, all, mass)
		for name, got := range map[string]Result{"counted": Scan(Counted(r, refused, weights), mass), "sorted": Scan(sorted(obs), mass)} {
			if math.IsInf(evidence, -1) != math.IsInf(got.LogEvidence, -1) {
				t.Fatalf("%s: evidence %v, want %v", name, got.LogEvidence, evidence)
			}
			if math.IsInf(evidence, -1) {
				continue
			}
			near(t, name+" evidence", got.LogEvidence, evidence)
			near(t, name+" best", got.Best.LogLik, best)
		}
	}
}

func TestScanFindsLimitExactly(t *testing.T) {
	r := Range{}
	var refused []bool
	var weights []float64
	for open := range int32(60) {
		r.Lo = append(r.Lo, min(open, 45))
		refused = append(refused, open >= 45)
		weights = append(weights, 1)
	}
	r.Mid, r.Hi = r.Lo, r.Lo
	got := Scan(Counted(r, refused, weights), Counts(1e6))
	if got.Best.UpTo != 45 || got.Low != 44 || got.High != 45 {
		t.Errorf("limit %v in (%v, %v], want 45 in (44, 45]", got.Best.UpTo, got.Low, got.High)
	}
}

func TestMassesSumToOne(t *testing.T) {
	masses := map[string]Mass{
		"log-uniform": LogUniform(1, 1000), "uniform": Uniform(1, 1000), "counts": Counts(1000), "spike": Spike(3),
		"mix": Mix(Part{0.3, Spike(0)}, Part{0.5, LogUniform(1, 10)}, Part{0.2, Mirror(LogUniform(1, 10))}),
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for name, mass := range masses {
		sum, at := mass(math.Inf(-1), -2000), -2000.0
		for at < 2000 {
			next := at + 60*rng.Float64()
			sum += mass(at, next)
			at = next
		}
		near(t, name, sum+mass(at, math.Inf(1)), 1)
	}
	near(t, "a counted 450", Counts(1_000_000)(449, 450), math.Log(450.5/449.5)/math.Log(1_000_000.5/0.5))
}

// weighTree is context tree weighting by its recursive definition.
func weighTree(refused []bool, weight []float64, context []bool, depth int) float64 {
	var n [2]float64
	past := func(i, back int) bool { return i-back >= 0 && refused[i-back] }
	for i := range refused {
		match := true
		for k, c := range context {
			match = match && past(i, k+1) == c
		}
		if match {
			n[outcome(refused[i])] += weight[i]
		}
	}
	leaf := math.Exp(Either.Log(n[1], n[0]))
	if len(context) == depth {
		return leaf
	}
	a := weighTree(refused, weight, append(append([]bool{}, context...), false), depth)
	b := weighTree(refused, weight, append(append([]bool{}, context...), true), depth)
	if len(context) == 0 {
		return a * b
	}
	return (leaf + a*b) / 2
}

func TestContextTreeMatchesDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		var refused []bool
		var weight []float64
		for range 5 + rng.IntN(30) {
			refused = append(refused, rng.IntN(3) == 0)
			weight = append(weight, 0.2+rng.Float64())
		}
		for depth := 1; depth <= 4; depth++ {
			near(t, "tree", ContextTree(refused, weight, depth), math.Log(weighTree(refused, weight, nil, depth)))
		}
	}
}

func TestContextTreeSeesEveryFifth(t *testing.T) {
	var refused []bool
	var weight []float64
	var label []int32
	for i := range 200 {
		refused = append(refused, i%5 == 4)
		weight = append(weight, 1)
		label = append(label, 0)
	}
	memory, constant := ContextTree(refused, weight, 8), Context(label, 1, refused, weight)
	if memory < constant+40 {
		t.Errorf("memory %.1f is not far above a constant rate %.1f", memory, constant)
	}
}
