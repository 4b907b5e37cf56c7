package live

import (
	"context"
	"time"

	"why403/analysis"
)

// verdict is what the recording shows so far.
type verdict struct {
	Version    int         `json:"version"` // grows with every analysis
	Status     string      `json:"status"`
	Says       string      `json:"says"`
	Attempts   int         `json:"attempts"` // that it was drawn from
	Candidates []candidate `json:"candidates"`
}

type candidate struct {
	Cause       string  `json:"cause"`
	Scope       string  `json:"scope"`
	Probability float64 `json:"probability"`
	Says        string  `json:"says"`
}

const (
	explainEvery = 5 * time.Second
	// explainRest is how much longer than an analysis took the next one waits, so
	// that analyses take at most a twentieth of one core from the proxy.
	explainRest = 19
	// worthShowing is the probability from which a candidate is listed.
	worthShowing = 0.01
)

// explain draws conclusions again and again, while somebody looks.
func (p *Page) explain(ctx context.Context) {
	if p.source.Explain == nil {
		return
	}
	rest := time.Second
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
		rest = explainEvery
		if !p.watched() {
			continue
		}
		began := time.Now()
		if findings, err := p.source.Explain(); err == nil {
			p.conclude(findings)
		}
		rest = max(rest, explainRest*time.Since(began))
	}
}

func (p *Page) watched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.viewers > 0
}

func (p *Page) conclude(f *analysis.Findings) {
	v := verdict{Status: string(f.Verdict.Status), Says: f.Verdict.Says, Attempts: f.Attempts, Candidates: []candidate{}}
	for _, h := range f.Hypotheses {
		if h.Probability >= worthShowing && f.Verdict.Status != analysis.NoRefusals {
			v.Candidates = append(v.Candidates, candidate{h.Cause, h.Scope, h.Probability, h.Says})
		}
	}
	p.mu.Lock()
	v.Version = p.verdict.Version + 1
	p.verdict = v
	p.mu.Unlock()
	p.wake()
}
