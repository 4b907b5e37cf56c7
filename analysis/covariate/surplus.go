package covariate

import "why403/capture"

// Each visits the attempts in the order of the counter's reading.
func (m *Counter) Each(visit func(i int32, at capture.Instant)) {
	for k, i := range m.order {
		visit(i, m.at[k])
	}
}

// Surplus is how many more upgrades a token bucket would have refused than were, of
// those not marked in without: the less, the higher its rate. What was let through
// fills it, as with [Counter.Bucket]. wrong is how many of its decisions differ.
func (m *Counter) Surplus(rate, burst float64, without []bool) (surplus, wrong int) {
	level := make([]float64, m.n)
	last := make([]capture.Instant, m.n)
	perNano := rate / 1e9
	for k, i := range m.order {
		l := m.labels[i]
		if l < 0 {
			continue
		}
		v := max(0, level[l]-perNano*float64(m.at[k]-last[l]))
		level[l], last[l] = m.after(i, v, burst), m.at[k]
		if without != nil && without[i] {
			continue
		}
		switch empty := v > burst-1; {
		case empty && !m.t.Refused[i]:
			surplus++
			wrong++
		case !empty && m.t.Refused[i]:
			surplus--
			wrong++
		}
	}
	return surplus, wrong
}
