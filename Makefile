# Everything a developer or CI runs. `make help` lists the targets; CI runs the same ones (.ci/run).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
WORKERS ?= 2
AREAS := core connectors pipelines compliance flows service evaluation

# No telemetry, no downloads: of us and of the libraries that would do either unasked.
export HF_HUB_OFFLINE := 1
export HAYSTACK_TELEMETRY_ENABLED := False
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
export SCARF_NO_ANALYTICS := true
export UNSTRUCTURED_DISABLE_NOTICE := 1
export QDRANT__TELEMETRY_DISABLED := true
export ORT_DISABLE_TELEMETRY := 1
export TOKENIZERS_PARALLELISM := false
# One Tesseract thread a page: pages are already read in parallel.
export OMP_THREAD_LIMIT := 1
export PYTHON

PYTEST := $(BIN)/python -m pytest
RESULTS := out/tests

.PHONY: help setup setup-system setup-bench lock check format test-fast test test-long demo demo-log bench screenshots build clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: ## create .venv and .venv-vllm from the locked lists and unpack the smoke-test model
	scripts/setup.sh

setup-system: ## install the Debian packages of apt.txt (FEATURES="ocr reports" for some)
	scripts/setup_system.sh $(FEATURES)

setup-bench: ## create .venv-bench for the comparison with unstructured
	scripts/setup_bench.sh

lock: ## write the locked lists of constraints/ anew (needs uv and a package registry)
	scripts/lock.sh

check: ## style, types, import rules and the rules of this repository
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(AREAS) tests scripts
	$(BIN)/lint-imports
	$(PYTEST) -q tests/repo -m "not slow"

format: ## rewrite files in the house style
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

test-fast: ## tests that take under two minutes together
	$(PYTEST) -q -n $(WORKERS) --dist loadfile -m "not slow and not vllm"

test: ## every test, long ones with a small seeded count
	$(PYTEST) -n $(WORKERS) --dist loadfile --durations 15 --junitxml $(RESULTS)/test.xml

test-long: ## the long tests with full counts; leaves a result file with commit and seeds
	scripts/test_long.sh

demo: ## documents to proven answers, offline (DOCS=folder for your own documents)
	$(BIN)/averment demo $(if $(DOCS),--docs $(DOCS))

demo-log: ## Go's checksum database accepts the demo's log, and rejects it with a bit flipped
	$(BIN)/python scripts/check_log_with_go.py out/demo/data/evidence || [ $$? -eq 77 ]

bench: ## speed, recall and memory, as ratios in one run
	$(BIN)/python -m averment.evaluation.bench $(BENCH)

screenshots: ## pictures of every page in out/screenshots (needs `make setup-system FEATURES=browser`)
	$(BIN)/python scripts/make_screenshots.py

build: ## wheel and source distribution in dist/
	$(BIN)/python scripts/build_distributions.py

clean: ## remove what tests, builds and the demo left behind (not the environments, not your data)
	rm -rf dist build out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
