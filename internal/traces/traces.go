// Package traces sends each upgrade to an OpenTelemetry collector as a span, its
// phases as child spans (OTLP over HTTP, https://opentelemetry.io/docs/specs/otlp/).
//
// If the request carries a W3C trace context (traceparent), the span joins that
// trace; the proxy never adds one. Spans wait in a bounded queue, and a collector
// that does not keep up loses spans, not traffic. It is the only importer of
// OpenTelemetry.
package traces

import (
	"context"
	"fmt"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"why403/capture"
)

// Exporter sends spans. Make one with [New], end it with [Exporter.Close].
type Exporter struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// New returns an exporter to a collector's URL ("http://127.0.0.1:4318"). A URL
// without a path gets the standard one, /v1/traces. Nothing is sent yet: a
// collector that is not there is only noticed by the SDK's error handler.
func New(ctx context.Context, collector, version string) (*Exporter, error) {
	u, err := url.Parse(collector)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("export traces: %q is not an http or https URL", collector)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	client, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()))
	if err != nil {
		return nil, fmt.Errorf("export traces to %q: %w", collector, err)
	}
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(client, sdk.WithMaxQueueSize(16384)),
		// Every upgrade, whatever the load tool's sampling says: a refusal that
		// nobody sampled is as much of one.
		sdk.WithSampler(sdk.AlwaysSample()),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "why403"), attribute.String("service.version", version))),
	)
	return &Exporter{provider: provider, tracer: provider.Tracer("why403")}, nil
}

// Observe sends an attempt whose outcome has just become known. It is safe for
// concurrent use and does not wait.
func (e *Exporter) Observe(u *capture.Upgrade) {
	phases := phasesOf(u)
	begin, end := bounds(u, phases)
	if !begin.Seen() {
		return
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), carrier{u.RequestHead.Head()})
	ctx, span := e.tracer.Start(ctx, "websocket upgrade",
		trace.WithTimestamp(begin.Time()), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes(u)...))
	for _, p := range phases {
		_, child := e.tracer.Start(ctx, p.name, trace.WithTimestamp(p.from.Time()))
		child.End(trace.WithTimestamp(p.to.Time()))
	}
	if u.Outcome != capture.Accepted {
		span.SetStatus(codes.Error, describe(u))
	}
	span.End(trace.WithTimestamp(end.Time()))
}

// Close sends what waits, until ctx ends.
func (e *Exporter) Close(ctx context.Context) error {
	if err := e.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("export traces: %w", err)
	}
	return nil
}

// attributes follow the semantic conventions for HTTP spans where these have a
// name. Secrets were masked before.
func attributes(u *capture.Upgrade) []attribute.KeyValue {
	list := []attribute.KeyValue{
		attribute.String("http.request.method", "GET"),
		attribute.String("url.scheme", u.Scheme),
		attribute.String("url.path", pathOf(u.Target)),
		attribute.String("server.address", u.Authority),
		attribute.String("network.peer.address", u.Server.String()),
		attribute.Int64("why403.connection", u.Conn),
		attribute.String("why403.outcome", string(u.Outcome)),
	}
	if u.Status != 0 {
		list = append(list, attribute.Int("http.response.status_code", u.Status))
	}
	if token := u.Token(); token != "" {
		list = append(list, attribute.String("why403.token", string(token)))
	}
	return list
}
