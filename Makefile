# What people type. `make run` needs Rust and a C compiler, nothing else.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test clients two-gigabytes blobs pages shots lint fuzz fuzz-layers layers oracles kill golden tools

help:
	@echo "make run      build Chappe and serve test accounts on 127.0.0.1:8443"
	@echo "make test     every test, then other people's clients against the server"
	@echo "make clients  only other people's clients"
	@echo "make two-gigabytes  the largest document, sent and fetched by two clients: some minutes, 10 GB of disk"
	@echo "make blobs    only the engine for S3, before a server that others wrote"
	@echo "make oracles  only other people's libraries, which read what was written for their API layer"
	@echo "make pages    only the public pages, before other people's validators"
	@echo "make shots    the same, and headless Chromium draws them into tests/pages/shots"
	@echo "make lint     format, lints, documentation"
	@echo "make fuzz     a minute of each fuzz target, guided by coverage (SECONDS_OF_EACH=60, ONLY=target)"
	@echo "make golden   keep a data directory of this version, for later versions to open"
	@echo "make kill     a hundred kills of a server under load, where make test has five"
	@echo "make fuzz-layers  ten million inputs through the layers: ten seconds, once it is built"
	@echo "make layers   what has no rule between an older API layer and the newest"

tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.90 or newer (rustup.rs)"; exit 1; }
	@command -v cc >/dev/null || { echo "cc is missing: install a C compiler (Debian: apt install build-essential)"; exit 1; }

run: tools
	@cargo build -p server
	@echo
	@echo "Chappe listens on 127.0.0.1:8443; state is in ./data, keys in ./keys. Stop it with Ctrl-C."
	@echo "Test accounts: number +99966XYYYY, code XXXXX, e.g. +9996621234 and 22222."
	@echo "The key that clients must trust:  target/debug/chappe key --keys keys > chappe.pem"
	@echo "A first message: README.md."
	@echo
	@exec target/debug/chappe serve --test-accounts --listen 127.0.0.1:8443 --data data --keys keys

test: tools
	cargo test --workspace
	@$(MAKE) --no-print-directory oracles blobs pages clients

clients: tools
	@cargo build -p server
	@tests/clients/run.sh $(foreach it,$(ONLY),--only $(it))

two-gigabytes: tools
	@cargo build -p server
	@tests/clients/run.sh --large --jobs 1

blobs: tools
	@tests/blobs/run.sh

oracles: tools
	@tests/layers/run.sh

pages: tools
	@cargo build -p server
	@tests/pages/run.sh

shots: tools
	@cargo build -p server
	@tests/pages/run.sh --shots tests/pages/shots

lint: tools
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps

# Counters at every branch, by LLVM and so on stable Rust; folders of their own, since every crate is built anew.
# A target is named so that build scripts go without.
SANCOV := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
SECONDS_EACH := $(or $(SECONDS_OF_EACH),60)

fuzz: tools
	RUSTFLAGS="$(SANCOV)" CARGO_TARGET_DIR=target/fuzz cargo run --quiet -p fuzz --profile fuzz --target $$(rustc --print host-tuple) -- --seconds $(SECONDS_EACH) $(ONLY)

kill: tools
	CHAPPE_KILL_ROUNDS=100 cargo test -p server --test whole losing -- --nocapture

fuzz-layers: tools
	CHAPPE_FUZZ=10000000 cargo test --profile fuzz -p fuzz transcoder -- --nocapture

layers: tools
	@cargo run --quiet -p tl --example gaps

golden: tools
	CHAPPE_WRITE_GOLDEN=1 cargo test -p server --test whole golden
