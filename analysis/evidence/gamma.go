package evidence

import "math"

// logGamma is ln Γ of arguments each of which is next to the last, as weights of single attempts
// are added to thousands: most of what it takes is a logarithm, which is that of the last and
// a few terms of ln(1+d).
type logGamma struct {
	x, log float64 // the last argument, and its logarithm
	value  float64
	steps  int // since the logarithm was worked out in full
}

const (
	fewestStirling = 64     // from which on three terms of Stirling's series are exact to 1e-12
	mostNear       = 1e-3   // relative step, up to which four terms of ln(1+d) are exact to 1e-15
	mostSteps      = 1 << 8 // up to which rounding adds up to less than 1e-13
)

// halfLog2Pi is ½ ln 2π.
var halfLog2Pi = math.Log(2*math.Pi) / 2

func (g *logGamma) of(x float64) float64 {
	if x == g.x {
		return g.value
	}
	if x < fewestStirling {
		g.x, g.steps = x, mostSteps
		g.value, _ = math.Lgamma(x)
		return g.value
	}
	if d := (x - g.x) / g.x; g.steps < mostSteps && -mostNear < d && d < mostNear {
		g.log += d * (1 - d*(1./2-d*(1./3-d/4)))
		g.steps++
	} else {
		g.log, g.steps = math.Log(x), 0
	}
	// Stirling's series (Abramowitz and Stegun, 6.1.41).
	y := 1 / x
	g.x, g.value = x, (x-0.5)*g.log-x+halfLog2Pi+y*(1./12-y*y*(1./360-y*y/1260))
	return g.value
}
