# What is done most, by name. "make check" needs Go alone; .ci/run adds the end-to-end tests and the tools they need.
FUZZTIME ?= 10s
with = $(shell git ls-files '*_test.go' | xargs grep -lE '$(1)' | xargs -n 1 dirname | sort -u | sed 's|^|./|')

.PHONY: build check test race golden fuzz demo bench bench-proxy bench-sockets bench-two bench-pcap soak calibration e2e

build:
	CGO_ENABLED=0 go build ./cmd/why403

check:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go mod tidy -diff
	go vet ./...
	go tool staticcheck ./...
	go test ./...

test:
	go test ./...

race:
	CGO_ENABLED=1 go test -race -short ./...

# Rewrites the golden files; read their diff like code.
golden:
	go test $(call with,flag.Bool."update"|internal/golden) -update

# Every fuzz target for FUZZTIME.
fuzz:
	@for pkg in $(call with,func Fuzz); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

demo:
	go run ./cmd/why403 demo

# Figures in docs/performance.md come from this, on an idle machine.
bench:
	go test -run '^$$' -bench . -benchmem $(call with,func Benchmark)

# The proxy side by side with HAProxy (Debian's) and mitmproxy (PyPI's), on an idle machine.
MITM = .cache/mitmproxy
$(MITM)/bin/mitmdump:
	python3 -m venv $(MITM) && $(MITM)/bin/pip install --quiet mitmproxy
bench-proxy: build $(MITM)/bin/mitmdump
	go run ./internal/bench -why403 ./why403 -mitmdump $(MITM)/bin/mitmdump

# Captures of MB megabytes, with few and with 10,200 TLS connections at a time, read by why403, by tshark (needs 3 GB of memory
# for each) and by loops that do nothing. The files stay in .cache.
MB ?= 1000
.cache/few-$(MB).pcapng:
	mkdir -p .cache && go run ./internal/wsload/mkcapture -o $@ -sockets 300 -messages 80 -size 400 -mb $(MB) -abreast 8
.cache/many-$(MB).pcapng:
	mkdir -p .cache && go run ./internal/wsload/mkcapture -o $@ -sockets 2 -messages 20 -mb $(MB) -abreast 1700
bench-pcap: build .cache/few-$(MB).pcapng .cache/many-$(MB).pcapng
	go build -o .cache/benchpcap ./internal/wsload/benchpcap
	.cache/benchpcap -file .cache/few-$(MB).pcapng
	.cache/benchpcap -file .cache/many-$(MB).pcapng -tshark=false

# 9,900 open sockets through one process for ten minutes, with a message on each every ten seconds.
bench-sockets: build
	go run ./internal/bench -why403 ./why403 -only memory -peers why403 -rounds 1 -sockets 9900 -hold 10m

# 15,000 through two processes on one port.
bench-two: build
	go run ./internal/bench -why403 ./why403 -only memory -peers "2 why403" -rounds 1 -sockets 15000 -hold 10m

# 5,000 sockets for half an hour, 50 of them replaced every second; prints what grew.
soak: build
	go run ./internal/bench -why403 ./why403 -only soak -peers why403 -rounds 1 -sockets 5000 -hold 30m -churn 50

# The tables of docs/diagnosis.md, on families and seeds that nothing was tuned on. Takes minutes.
calibration:
	go run ./internal/calibrate -seeds 25

# Needs JMeter (.ci/jmeter gets it), HAProxy, nginx, sqlite3, k6 and Chromium; one that is missing is a failure.
e2e:
	WHY403_E2E=1 go test -p 1 -count=1 -v -timeout 20m $(call with,WHY403_E2E)
