# Every target installs what it lacks, and says so first. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

FILTERS := aggregate dedupe drop enrich limit parse redact route sample trim
WASM := target/wasm32-unknown-unknown/guest
HOST_TARGET := $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')

.PHONY: help demo test build filters bench soak stall chaos simulate lint sanitize loom miri fuzz setup

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

demo: build filters ## build, run the agent over 256 MB of logs, show what happened
	@cargo build --release --quiet -p demo-logs
	@mkdir -p target/demo
	@target/release/demo-logs target/demo/logs 256
	@rm -f target/demo/kept.log
	@echo "running: target/release/logagent run --config examples/demo.yaml --once --progress"
	@target/release/logagent run --config examples/demo.yaml --once --progress

test: build filters ## all tests, in the release profile (the filters are compiled by what is tested)
	cargo test --release --workspace
	cargo test --release -p logagent-state --features deadlock-detection --test deadlock

build: ## target/release/logagent and logagentctl
	cargo build --release -p logagent

filters: setup ## target/filters/NAME.wasm, and the tests' guests
	cargo build --release --quiet -p logagent-componentize
	cargo build --profile guest --target wasm32-unknown-unknown $(FILTERS:%=-p logagent-filter-%) -p first-filter -p logagent-test-guests
	@mkdir -p target/filters target/guests
	@for filter in $(FILTERS); do \
	  target/release/logagent-componentize $(WASM)/logagent_filter_$$filter.wasm -o target/filters/$$filter.wasm; \
	  echo "target/filters/$$filter.wasm"; \
	done
	@target/release/logagent-componentize $(WASM)/first_filter.wasm -o target/filters/first-filter.wasm
	@target/release/logagent-componentize $(WASM)/logagent_test_guests.wasm -o target/guests/test_guests.wasm

bench: build filters ## measure, each figure beside its comparison in the same run
	cargo bench -p logagent-sink
	cargo run --release -p logagent-bench --bin logagent-bench
	cargo run --release -p logagent-state-bench

export SOAK_SECONDS ?= 600

soak: build filters ## four lanes under load and reloads for ten minutes (SOAK_SECONDS): nothing lost, nothing grown
	cargo run --release -p logagent-tests --bin soak

export STALL_BYTES ?= 4320000000

stall: build filters ## a day's input (STALL_BYTES) while one of three sinks stalls: memory stays under memory.limit
	cargo run --release -p logagent-tests --bin stall

chaos: build filters ## the agent while the machine misbehaves: stopped, starved, its disk full or slow, its clock jumping
	cargo run --release -p logagent-tests --bin chaos

export SEEDS ?= 10000

simulate: ## so many histories (SEEDS) of writers, agent and crashes, each from its seed; says how many a second
	cargo run --release --quiet -p logagent-delivery-tests --bin simulate

lint: setup ## format, clippy, documentation, licences and duplicates
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --target wasm32-unknown-unknown -p logagent-sdk $(FILTERS:%=-p logagent-filter-%) -p logagent-test-guests -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	@.ci/setup cargo-deny
	cargo deny check --hide-inclusion-graph bans licenses sources

STATE_RACES := --test locks --test stress --test growth --test linearizability

# Tests of what holds hand-written unsafe code. ThreadSanitizer needs a standard library that is built for it.
sanitize: ## the ring, the state map and the window under AddressSanitizer, the first two under ThreadSanitizer
	@.ci/setup rust-src
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR=target/asan \
	  cargo test --target $(HOST_TARGET) -p logagent-ring --lib
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR=target/asan \
	  cargo test --target $(HOST_TARGET) -p logagent-state $(STATE_RACES)
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR=target/asan \
	  cargo test --target $(HOST_TARGET) --release -p logagent-wasm --lib --test guests
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=thread --cfg logagent_single_words" CARGO_TARGET_DIR=target/tsan \
	  cargo test --target $(HOST_TARGET) -Zbuild-std -p logagent-ring --lib
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=thread --cfg logagent_single_words" CARGO_TARGET_DIR=target/tsan \
	  cargo test --target $(HOST_TARGET) -Zbuild-std -p logagent-state $(STATE_RACES)

loom: ## the orderings of the ring and of the state map, every interleaving
	RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --release -p logagent-ring --lib loom
	RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --release -p logagent-state --lib loom

miri: ## the state map's memory in an interpreter that knows what Rust allows
	@.ci/setup nightly miri
	MIRIFLAGS="-Zmiri-disable-isolation" cargo +nightly miri test -p logagent-state --test smoke --test model

FUZZ := framer decisions config fields scan secrets trim parse redact buffer
FUZZ_SECONDS ?= 600

# What was found before is in corpus/, which is kept; see tests/fuzz/README.md.
fuzz: ## each fuzz target for ten minutes (FUZZ_SECONDS), with what is kept of earlier runs
	@.ci/setup nightly cargo-fuzz
	@for target in $(FUZZ); do \
	  echo "$$target:"; \
	  cargo +nightly fuzz run --fuzz-dir tests/fuzz $$target -- -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -verbosity=0 -print_final_stats=1; \
	done

setup:
	@.ci/setup wasm-target rustfmt clippy
