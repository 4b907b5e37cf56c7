// Package jtl reads JMeter's results (a JTL file in CSV form with a header line),
// joins its samples with the recorded upgrades, and writes them back with the cause
// of each refusal.
//
// JMeter's WebSocket sampler keeps of a refusal its status and nothing else, the
// record keeps all but what JMeter calls things: sampler, thread, active threads.
// [Read] takes the file apart, [Join] puts both together, [Joined.Summary] tells it
// in JMeter's terms, and [Annotate] writes a copy whose messages name causes, so
// that "jmeter -g" divides its Errors table by them.
//
// A sample and an upgrade belong together if they carry the same id: a column of
// the results that holds what the request had in X-JMeter-Attempt. Else the thread
// decides, with the time: a thread has one sample at a time, so its name
// (X-JMeter-Thread) and a request sent while the sample lasted fit one upgrade. Time
// alone is never enough: with hundreds of threads several upgrades fit one sample.
package jtl
