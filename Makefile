# Every command of this repository. `make` alone lists them.
#
# "target: ## text" is a line of that list, "##@ Name" a heading in it.

.DEFAULT_GOAL := help
MAKEFLAGS     += --no-print-directory

# How `make generate` calls rondo. Where the tree does not compile until its code
# is generated, a binary built earlier does it: make generate RONDO=bin/rondo
RONDO ?= go run ./cmd/rondo

# How long `make fuzz` spends on each target.
FUZZTIME ?= 10s

# What this machine can run. The race detector needs a C compiler, the client's
# tests Node 20, its browser tests Chromium as well, and what plays over an emulated
# network Linux, root and /dev/net/tun.
RACE     := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)
NODE     := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm)
LAB      := $(shell test "$$(id -u)" = 0 && test -c /dev/net/tun && command -v nsenter)
CHROMIUM := $(shell command -v chromium 2>/dev/null || command -v chromium-browser 2>/dev/null || command -v google-chrome 2>/dev/null)
FIREFOX  := $(shell command -v firefox-esr 2>/dev/null || command -v firefox 2>/dev/null)

# The games whose schema is in schema/, and everything `make generate` writes.
GAMES     := arena drift
GENERATED := schema/fb schema/reflection \
             $(GAMES:%=sim/%/schema_gen.go) $(GAMES:%=client/src/%_gen.ts) client/dist

# What `make bench-rooms` measures; RUNS and JSON are below.
RATES ?= 20 30 60 128
ROOMS ?= 1 100 1000 5000
WAYS  ?= node ticker ticker-8 timer-8 sleep-8 locked-8 idle

# What `make bench-server` plays and measures, and where it writes JSON.
CASES    ?= S40 L200 I500
PEERS    ?= floor_c floor_gws colyseus
RUNS     ?= 1
DURATION ?= 15s
JSON     ?=

.PHONY: help
help:
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ /                { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z0-9-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Play

.PHONY: run
run: ## Start a node with everything embedded; the banner says where to play
	go run ./cmd/rondo dev

.PHONY: build
build: ## Build bin/rondo
	go build -trimpath -o bin/rondo ./cmd/rondo

##@ Test

.PHONY: test
test: test-go test-loss test-client e2e ## Run every test; what this machine cannot run is named

.PHONY: test-go
test-go: ## Run the Go tests, under the race detector where there is a C compiler
ifeq ($(RACE),)
	@echo 'NOT RUN: the race detector (no C compiler; .ci/run installs one on Debian)'
endif
ifeq ($(LAB),)
	@echo 'NOT RUN: the Go tests over an emulated network (they need Linux, root, /dev/net/tun and nsenter)'
endif
	go test $(RACE) -timeout 15m ./...
	go test -C internal/tools $(RACE) ./...

# 1,000 seeds x 1 minute for each baseline rule, and again with faults, and 1,000
# cuts of connections. The race detector makes that ten times slower and finds
# nothing in one goroutine, so test-go runs 20 of the seeds and 200 of the cuts with
# it and this all of them without; so it is with the arena at other rates. Where
# there is no race detector test-go has run them all.
.PHONY: test-loss
test-loss: ## Run the simulation of loss, reorder and duplication: 1,000 seeds for each rule; 1,000 cuts
ifneq ($(RACE),)
	go test -count=1 -timeout 20m -run '^Test(InDatagrams|OnAnOrderedTransport|UnderLoss|EveryOneOfManyCuts)' ./netcode
	go test -count=1 -run AtOtherRates ./sim/arena
endif

.PHONY: test-client e2e
ifeq ($(NODE),)
test-client:
	@echo 'NOT RUN: the TypeScript tests (no Node 20 with npm on the path)'
e2e:
	@echo 'NOT RUN: the browser test (no Node 20 with npm on the path)'
else
test-client: client/node_modules/.package-lock.json ## Run the TypeScript tests
	cd client && npm test
ifeq ($(CHROMIUM),)
e2e:
	@echo 'NOT RUN: the browser test (no Chromium on the path; .ci/run installs it on Debian)'
else
e2e: client/node_modules/.package-lock.json build ## Play in browser pages and look; a minute and reloads in each browser; over a bad network
	cd client && CHROMIUM=$(CHROMIUM) npm run e2e
ifeq ($(FIREFOX),)
	@echo 'NOT RUN: the minute and the reload in Firefox (it is not on the path; .ci/run installs it on Debian)'
endif
	cd client && CHROMIUM=$(CHROMIUM) FIREFOX=$(or $(FIREFOX),none) npm run e2e:minute
	cd client && CHROMIUM=$(CHROMIUM) FIREFOX=$(or $(FIREFOX),none) npm run e2e:reload
ifeq ($(LAB),)
	@echo 'NOT RUN: the browser test over a bad network (it needs Linux, root, /dev/net/tun and nsenter)'
else
	cd client && CHROMIUM=$(CHROMIUM) go run ../internal/netem/cmd/netem -profile bad npm run e2e:network
endif
endif
endif

.PHONY: vectors-check
vectors-check: client/node_modules/.package-lock.json ## Read the golden vectors with every decoder: Go, TypeScript, C++
	go test -count=1 ./netcode/codec/vectors
	cd client && npx vitest run test/vectors.test.ts test/rangecoder.test.ts
	mkdir -p bin
	$(CXX) -std=c++17 -O2 -Wall -Wextra -o bin/decoder schema/vectors/decoder/decoder.cpp
	bin/decoder schema/vectors/*.json

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZTIME (10s)
	@grep -ro --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Za-z0-9_]*' . | sort | \
	while IFS=: read -r file func; do \
	  echo "$${func#func } in $${file%/*}"; \
	  go test -run '^$$' -fuzz "^$${func#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$${file%/*}" || exit 1; \
	done

##@ Measure

.PHONY: bench
bench: ## Run the benchmarks of the simulation and the wire
	go test -run '^$$' -bench . -benchmem ./sim/... ./netcode/...

.PHONY: bench-match
bench-match: ## Measure cycles of matchmaking over 1,000 to 100,000 waiting tickets, tickets taken and told, and watchers
	go test -run '^$$' -bench Cycle ./matchmaking
	go test -run '^$$' -bench Create -benchtime 100000x -count 15 ./matchmaking
	go test -run '^$$' -bench TicketIntakeREST -benchtime 9000x ./server
	go test -run '^$$' -bench TicketToToken -benchtime 10000x ./server
	go test -run '^$$' -bench WatchersSSE -benchtime 9000x ./server

# A page plays for MINUTES with a round trip of 150 ms, give or take 40, and 2 % lost.
MINUTES ?= 10

.PHONY: feel
feel: client/node_modules/.package-lock.json ## Play in Chromium over a bad network and count what the player feels: MINUTES (needs root)
	cd client && CHROMIUM=$(CHROMIUM) MINUTES=$(MINUTES) go run ../internal/netem/cmd/netem -profile bad npm run --silent e2e:feel

.PHONY: bench-client
ifeq ($(NODE),)
bench-client:
	@echo 'NOT RUN: the benchmark of the TypeScript decoder (no Node 20 with npm on the path)'
else ifeq ($(CHROMIUM),)
bench-client:
	@echo 'NOT RUN: the benchmark of the TypeScript decoder (no Chromium on the path)'
else
bench-client: client/node_modules/.package-lock.json ## Measure the TypeScript decoder on recorded games, in Node and Chromium
	mkdir -p bin/recordings
	go test -count=1 -run RecordedGames ./netcode/codec/vectors -recordings '$(CURDIR)/bin/recordings'
	cd client && CHROMIUM=$(CHROMIUM) npm run --silent bench ../bin/recordings
endif

.PHONY: bench-frames
ifeq ($(NODE),)
bench-frames:
	@echo 'NOT RUN: the benchmark of frames (no Node 20 with npm on the path)'
else ifeq ($(CHROMIUM),)
bench-frames:
	@echo 'NOT RUN: the benchmark of frames (no Chromium on the path)'
else
bench-frames: client/node_modules/.package-lock.json ## Measure how long the arena's page works on a frame with 200 ships
	cd client && CHROMIUM=$(CHROMIUM) node bench/frames.mjs
endif

.PHONY: load
load: ## Play with 200 bots in 20 rooms for 15 s and print the report
	go run ./cmd/rondo bots --game drift --rooms 20 --players 10 --npcs 40 --duration 15s --json -

.PHONY: client-size
client-size: ## Print the bytes of the SDK's modules, minified and gzipped
	@go run -C internal/tools ./bundle -size ../..

.PHONY: bench-rooms
bench-rooms: ## Measure how late rooms tick and what that costs: RATES, ROOMS, WAYS, RUNS, JSON
	go run ./loadtest/benchrooms -rates "$(RATES)" -rooms "$(ROOMS)" -ways "$(WAYS)" -runs $(RUNS) -json "$(JSON)"

.PHONY: bench-server
bench-server: ## Measure the node beside its floor and a peer: CASES, PEERS, RUNS, DURATION, JSON
	go run ./loadtest/benchserver -cases "$(CASES)" -peers "$(PEERS)" -runs $(RUNS) -duration $(DURATION) -json "$(JSON)"

.PHONY: bench-links
bench-links: CASES    = 400x90 1000x600
bench-links: PEERS    = all
bench-links: RUNS     = 3
bench-links: DURATION = 3s
bench-links: ## Compare the ways to read and write sockets (docs/decisions/0015): CASES, PEERS, RUNS, DURATION, JSON
	go run ./loadtest/benchserver -links -cases "$(CASES)" -peers "$(PEERS)" -runs $(RUNS) -duration $(DURATION) -json "$(JSON)"

##@ Change

.PHONY: generate
generate: ## Write the generated code and the page's bundle (needs flatc)
	@command -v flatc >/dev/null || { echo 'make generate: no flatc on the path; Debian has it in flatbuffers-compiler'; exit 1; }
	find schema/fb schema/reflection -name '*.go' ! -name doc.go -delete
	flatc --go -o schema schema/rondo.fbs
	flatc --go -o schema "$$(go list -m -f '{{.Dir}}' github.com/google/flatbuffers)/reflection/reflection.fbs"
	$(RONDO) gen $(GAMES:%=schema/%.fbs) --go 'sim/{name}' --ts client/src
	go run -C internal/tools ./bundle ../..

.PHONY: rating-golden
rating-golden: ## Ask npm's openskill again what ratings should be (matchmaking/rating/testdata; needs Node 20)
	cd matchmaking/rating/testdata/openskill && npm ci --no-audit --no-fund && node golden.mjs > ../openskill.json

.PHONY: fmt
fmt: client/node_modules/.package-lock.json ## Format the Go and TypeScript code
	go tool -modfile=internal/tools/go.mod golangci-lint fmt
	cd client && npx biome check --write

.PHONY: check
check: lint check-client generate-check vectors-check ## Check what tests do not: lint, types, formatting, stale generated code

.PHONY: lint
lint: ## Lint the Go code; covers go vet, gofmt and the import rules
	go tool -modfile=internal/tools/go.mod golangci-lint run ./...
	cd internal/tools && go tool golangci-lint run -c ../../.golangci.yml ./...
	go mod tidy -diff

.PHONY: check-client
check-client: client/node_modules/.package-lock.json ## Check the TypeScript code: types, lint, formatting, the package
	cd client && npm run check
	cd client && npm run --silent package

.PHONY: generate-check
generate-check: generate ## Fail where a generated file is stale or not in git
	@git diff --exit-code --stat -- $(GENERATED) \
	  && test -z "$$(git ls-files --others --exclude-standard -- $(GENERATED) | tee -a /dev/stderr)" \
	  || { echo 'make generate-check: the files above are not what the sources give. They are written now:'; \
	       echo '  git add them and commit. The project generates with flatc 2.0.8; here is' "$$(flatc --version)."; exit 1; }

# npm writes this file last, so it is as new as the folder is complete.
client/node_modules/.package-lock.json: client/package-lock.json
	cd client && npm ci --no-audit --no-fund
