package jtl

import (
	"slices"
	"strings"
	"time"

	"why403/capture"
)

// Joined is samples and upgrades put together.
type Joined struct {
	Results *Results
	Run     *capture.Run
	// Upgrades holds for each sample its upgrade, nil if it has none.
	Upgrades []*capture.Upgrade
	ByID     int // pairs that an id made
	ByThread int // pairs that thread and time made
	// Alone are samples of an upgrade sampler without an upgrade, Unsampled
	// upgrades without a sample.
	Alone, Unsampled int
}

// Fields that the plan in docs/jmeter.md adds to each upgrade.
const (
	fieldAttempt = "X-JMeter-Attempt"
	fieldThread  = "X-JMeter-Thread"
	fieldSampler = "X-JMeter-Sampler"
)

// slack is by how much a sample's times, whole milliseconds, and the recorder's may
// be off.
const slack = 2 * time.Millisecond

// Join pairs the samples with the upgrades of a run, each with one at most.
func Join(run *capture.Run, res *Results) *Joined {
	j := &Joined{Results: res, Run: run, Upgrades: make([]*capture.Upgrade, len(res.Samples))}
	ids, threads, labels := indexed(run)
	taken := map[*capture.Upgrade]bool{}
	pair := func(i int, u *capture.Upgrade, by *int) {
		j.Upgrades[i] = u
		taken[u] = true
		*by++
	}
	columns := idColumns(res, ids)
	for i := range res.Samples {
		s := &res.Samples[i]
		for _, c := range columns {
			if u := ids[s.record[c]]; u != nil && !taken[u] && fits(u, s) {
				pair(i, u, &j.ByID)
				break
			}
		}
	}
	for i := range res.Samples {
		s := &res.Samples[i]
		if j.Upgrades[i] != nil {
			continue
		}
		if u := during(threads[s.Thread], s, taken); u != nil {
			pair(i, u, &j.ByThread)
		} else if labels[s.Label] || len(labels) == 0 && looksLikeUpgrade(s) {
			j.Alone++
		}
	}
	j.Unsampled = len(run.Upgrades) - len(taken)
	return j
}

// indexed looks up upgrades by their id and by their thread, in the order of time,
// and the labels of samplers that open WebSockets.
func indexed(run *capture.Run) (ids map[string]*capture.Upgrade, threads map[string][]*capture.Upgrade, labels map[string]bool) {
	ids, threads, labels = map[string]*capture.Upgrade{}, map[string][]*capture.Upgrade{}, map[string]bool{}
	for _, u := range run.Upgrades {
		if id, ok := u.RequestHead.Get(fieldAttempt); ok && id != "" {
			ids[id] = u
		}
		if name, ok := u.RequestHead.Get(fieldThread); ok && name != "" {
			threads[name] = append(threads[name], u)
		}
		if label, ok := u.RequestHead.Get(fieldSampler); ok {
			labels[label] = true
		}
	}
	return ids, threads, labels
}

// fits reports whether the sampler that a request names is the sample's: an id
// variable keeps its value for the samples after.
func fits(u *capture.Upgrade, s *Sample) bool {
	label, named := u.RequestHead.Get(fieldSampler)
	return !named || label == s.Label
}

// idColumns are the columns that hold ids: attempt_id, or those in which ids of the
// run turn up.
func idColumns(res *Results, ids map[string]*capture.Upgrade) []int {
	if i := slices.Index(res.Header, "attempt_id"); i >= 0 {
		return []int{i}
	}
	var out []int
	for c := range res.Header {
		if slices.ContainsFunc(res.Samples, func(s Sample) bool { return ids[s.record[c]] != nil }) {
			out = append(out, c)
		}
	}
	return out
}

// during finds the first upgrade of a thread that was sent while the sample lasted
// and is not taken.
func during(of []*capture.Upgrade, s *Sample, taken map[*capture.Upgrade]bool) *capture.Upgrade {
	from, to := s.Start.Add(-slack), s.Start.Add(s.Elapsed+slack)
	i, _ := slices.BinarySearchFunc(of, from, func(u *capture.Upgrade, at capture.Instant) int {
		if u.Phases.RequestSent < at {
			return -1
		}
		return 1
	})
	for ; i < len(of) && of[i].Phases.RequestSent <= to; i++ {
		if !taken[of[i]] && fits(of[i], s) {
			return of[i]
		}
	}
	return nil
}

// looksLikeUpgrade knows the samples of the WebSocket Samplers plugin.
func looksLikeUpgrade(s *Sample) bool {
	return s.Code == "101" || strings.HasPrefix(s.Message, "Got unexpected status")
}
