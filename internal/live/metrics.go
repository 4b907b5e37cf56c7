package live

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"why403/capture"
	"why403/proxy"
)

// metrics are the recording's for Prometheus. Counters and gauges are the proxy's
// own, read when asked; the times of phases are counted as attempts come in.
type metrics struct {
	registry *prometheus.Registry
	phases   *prometheus.HistogramVec
}

func newMetrics(stats func() proxy.Stats) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		phases: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "why403_phase_seconds",
			Help:    "Time that a phase of an upgrade took.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16), // 0.5 ms to 16 s
		}, []string{"phase"}),
	}
	m.registry.MustRegister(counts{stats}, m.phases, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// observe counts the phases of an attempt that were seen.
func (m *metrics) observe(u *capture.Upgrade) {
	p := u.Phases
	for _, span := range [...]struct {
		phase    string
		from, to capture.Instant
	}{
		{"client_tls", p.ConnectAnswered, p.ClientSecured},
		{"resolve", p.ResolveStart, p.Resolved},
		{"dial", p.Resolved, p.Dialed},
		{"gateway_tls", p.Dialed, p.Secured},
		{"answer", p.RequestSent, p.ResponseHead},
	} {
		if d, seen := capture.Since(span.from, span.to); seen {
			m.phases.WithLabelValues(span.phase).Observe(d.Seconds())
		}
	}
}

// counts reads the proxy's counters for a scrape.
type counts struct{ stats func() proxy.Stats }

var (
	descAnswers     = prometheus.NewDesc("why403_upgrades_total", "Upgrades by the status that answered them.", []string{"status"}, nil)
	descUnanswered  = prometheus.NewDesc("why403_upgrades_unanswered_total", "Upgrades that ended without an answer.", nil, nil)
	descOpen        = prometheus.NewDesc("why403_open_websockets", "WebSockets open now.", nil, nil)
	descPending     = prometheus.NewDesc("why403_pending_connections", "Connections with a request or handshake in progress.", nil, nil)
	descConnections = prometheus.NewDesc("why403_connections_total", "Connections accepted from clients.", nil, nil)
	descOverLimit   = prometheus.NewDesc("why403_connections_over_limit_total", "Connections refused by a limit of the proxy.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (c counts) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descAnswers, descUnanswered, descOpen, descPending, descConnections, descOverLimit} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (c counts) Collect(ch chan<- prometheus.Metric) {
	s := c.stats()
	send := func(d *prometheus.Desc, kind prometheus.ValueType, v int64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, kind, float64(v), labels...)
	}
	for status, n := range s.Answers {
		send(descAnswers, prometheus.CounterValue, n, strconv.Itoa(status))
	}
	send(descUnanswered, prometheus.CounterValue, s.Unanswered)
	send(descOpen, prometheus.GaugeValue, s.Open)
	send(descPending, prometheus.GaugeValue, s.Pending)
	send(descConnections, prometheus.CounterValue, s.Connections)
	send(descOverLimit, prometheus.CounterValue, s.OverLimit)
}
