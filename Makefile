# mirrorhunt: `make help` says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# The first Python that is new enough; or say which: make test PYTHON=python3.12
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORLD ?= calcio
JOBS ?= 2

help: ## What there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "mirrorhunt needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3"; exit 2; }
	@echo "Making a virtual environment in $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
		{ $(PYTHON) -m venv --clear --without-pip $(VENV) && \
		  $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } || \
		{ echo "No virtual environment could be made: install your system's python3-venv package."; exit 2; }

# The whole program, and nothing that only its developers need.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what mirrorhunt needs (about a minute, once) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests and checks need ..."
	@$(PIP) install --constraint constraints.txt --editable '.[test,dev]'
	@touch $@

setup: $(VENV)/.installed ## Set everything up, in .venv

browser: $(VENV)/.installed ## A Chromium, for pages that scripts draw: the system's package, or Playwright's
	@$(BIN)/python -m tests.browser

servers: $(VENV)/.installed ## Name servers and proxies that the tests load feeds into: the system's packages
	@$(BIN)/python -m tests.name_servers

demo: $(VENV)/.installed ## Hunt a simulated network on this machine, and score the result
	@$(BIN)/mirrorhunt lab demo $(WORLD)

hunt: $(VENV)/.installed ## Hunt a real network: make hunt SEED=name
	@test -n "$(SEED)" || { echo "Which host does the network have? make hunt SEED=name"; exit 2; }
	@$(BIN)/mirrorhunt hunt $(SEED)

# A machine without a browser or a name server, that cannot get one either, has the other tests.
test: $(VENV)/.installed-dev ## Set everything up and run the tests
	@$(BIN)/python -m tests.browser || true
	@$(BIN)/python -m tests.name_servers || true
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: $(VENV)/.installed-dev ## Linters, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev ## Benchmarks, as ratios against a named baseline
	@for b in benchmarks/bench_*.py; do echo "== $$b"; $(BIN)/python $$b; done

clean: ## Remove what was set up and built
	@rm -rf $(VENV) build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help setup browser servers demo hunt test check format bench clean
