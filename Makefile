# What a newcomer types. `make` alone lists the targets.

GOLANGCI_VERSION     := v2.15.0
OAPI_CODEGEN_VERSION := v2.8.2
LINT                 := .tools/golangci-lint-$(GOLANGCI_VERSION)

# How long each fuzz target runs: in `make test`, and in `make fuzz`.
FUZZ_SHORT ?= 2s
FUZZ_LONG  ?= 5m

# Where goroutines meet: these also run under the race detector.
RACE_PACKAGES := $(addprefix ./,$(wildcard gallery ledger exchange registry node osia osia/client))

# Pure Go everywhere; only the race detector turns cgo on, for itself.
export CGO_ENABLED := 0

# Real fingerprints to test on. Made absolute, because each test runs in its
# package's own folder.
ifneq ($(CONVENIO_DATA),)
override CONVENIO_DATA := $(abspath $(CONVENIO_DATA))
export CONVENIO_DATA
else ifneq ($(wildcard ../shared/data),)
export CONVENIO_DATA := $(abspath ../shared/data)
endif

# The order of steps is part of the promise: the summary comes last.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help test build demo generate check vet race fuzz-short lint cover fuzz bench realism mutate-agreements prove-agreements clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: check vet fuzz-short race ## everything a change must pass; ends with Go's own summary
	go test -count=1 ./...

build: check-go ## the one static binary, bin/convenio
	go build -trimpath -o bin/convenio ./cmd/convenio

demo: check-go ## two nodes on this machine, one search from end to end
	go run ./cmd/convenio demo

generate: check-go ## the HTTP interfaces' code from their descriptions
	cd api && go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@$(OAPI_CODEGEN_VERSION) -config codegen.yaml openapi.yaml
	cd osia/abis && go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@$(OAPI_CODEGEN_VERSION) -config codegen.yaml abis.yaml

.PHONY: check-go check-data check-xmllint
check: check-go check-data check-xmllint

check-go:
	@scripts/check-go

check-data:
	@scripts/check-data

check-xmllint:
	@scripts/check-xmllint

vet: ## gofmt and go vet
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...

race: ## the packages where goroutines meet, under the race detector
	@$(if $(RACE_PACKAGES),scripts/race $(RACE_PACKAGES),echo "race: no package to test")

fuzz-short: ## every fuzz target for FUZZ_SHORT (2s)
	@scripts/fuzz $(FUZZ_SHORT)

fuzz: check-go ## every fuzz target for FUZZ_LONG (5m)
	@scripts/fuzz $(FUZZ_LONG)

lint: $(LINT) ## golangci-lint, fetched once into .tools/ (its first run is slow)
	$(LINT) run ./...

$(LINT): | check-go
	GOBIN=$(abspath .tools) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv .tools/golangci-lint $@

cover: check ## how much of each package the tests reach
	go test -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -n 1

bench: check ## the benchmarks; compare two runs with benchstat
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-peers
bench-peers: check-go ## the engine beside NIST's on the same real prints (minutes)
	@scripts/bench-peers

realism: check-go ## synthetic prints beside real ones: a table, and realism.png
	go run ./synth/internal/compare -fingers 100 -o realism.png

.PHONY: timing identify
timing: check-go ## does the time of a search tell whether a protected person is there? (minutes)
	go test -count=1 -timeout 60m -v -run TestTimeTellsNothing ./gallery/segment -timing 1000

identify: check-go ## identification against the gallery's size: errors, times, plots (an hour)
	go run ./cmd/convenio bench identify --people 1000,10000,100000 --enrolled 10 --fingers 10 --probes 1000 --plots docs/scale

.PHONY: campaign
campaign: check-go ## error rates among a million people: an hour a run, and the next goes on where it ended
	go run ./cmd/convenio bench identify --people 1000000 --probes 10000 --campaign campaign.jsonl --minutes 60

mutate-agreements: check-go ## every rule of the shipped agreements removed and flipped
	go test ./agreement -run TestMutants -every-mutant -v -count=1

prove-agreements: check-go ## the properties of the shipped agreements, with combinations
	go test ./examples/agreements -run TestProperties -v -count=1

clean: ## remove what the other targets made
	rm -rf bin dist coverage.out demo-* realism.png
