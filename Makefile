# What can be done here: `make help`. Needs python3.11 and nothing else; offline once installed.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: run test lint bench crash fuzz api lock help

PORT ?= 8501
ARGS ?=

PYTHON ?= $(shell for found in python3.11 python3; do $$found -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	2> /dev/null && echo $$found && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
# Files that say "installed since the list changed".
VENV := .venv/.created
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
HAS_SCREEN := $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname -s)),yes)

run: $(RUNTIME)  ## Serve the workbench on http://localhost:8501 (PORT=9000 for another port)
	@$(if $(HAS_SCREEN),$(show_when_ready) &) OMP_NUM_THREADS=1 exec $(BIN)/streamlit run app.py --server.port $(PORT) $(ARGS)

test: lint  ## Check style and types, then run every test (ARGS="-k waves" for some, "--database postgresql" for PostgreSQL)
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(ARGS)

lint: $(DEVELOPMENT)  ## Check style, types and the direction of imports
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > .venv/imports.log || { cat .venv/imports.log; exit 1; }

bench: $(DEVELOPMENT)  ## Measure the engines on the labelled data, and every page on a server of its own
	@$(BIN)/python -m platform_core benchmark
	@$(BIN)/python -m tests.perf.wave_planner --assets 1000 10000 --seeds 1
	@$(BIN)/python -m tests.perf.page_metrics --assets 10000

crash: $(DEVELOPMENT)  ## Kill 100 workers and 200 imports at random moments and count what came of it
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.perf.crashes $(ARGS)
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.perf.import_crashes

fuzz: $(DEVELOPMENT)  ## Read 10,000 made tables and 20,000 damaged files and account for every row
	@$(BIN)/python -m tests.perf.fuzz $(ARGS)

api: $(DEVELOPMENT)  ## Send thousands of generated requests to the API, and break 200 sockets 20 times each
	@$(BIN)/python -m tests.perf.api_contract $(ARGS)
	@$(BIN)/python -m tests.perf.websocket

lock: $(DEVELOPMENT)  ## Pin requirements.txt and requirements-dev.txt to pyproject.toml (ARGS=--upgrade for newer ones)
	@$(compile) --output-file requirements.txt
	@$(compile) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV):
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 is needed: install python3.11 and try again." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

$(RUNTIME): requirements.txt | $(VENV)
	@echo "Installing what the workbench needs; this happens once and takes about two minutes."
	@$(PIP) --requirement requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt | $(VENV)
	@echo "Installing what the tests need; this happens once and takes about two minutes."
	@$(PIP) --requirement requirements-dev.txt
	@touch $@ $(RUNTIME)

compile = $(BIN)/uv pip compile --quiet --python-version 3.11 --custom-compile-command "make lock" $(ARGS) pyproject.toml

define show_when_ready
{ for i in {1..100}; do (exec 3<> /dev/tcp/127.0.0.1/$(PORT)) 2> /dev/null && break; sleep 0.3; done; \
	$(BIN)/python -m webbrowser -t http://localhost:$(PORT) > /dev/null; }
endef
