# `make` names the targets. PYTHON and ARGS may be set: make run PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-input
LOCKED := $(PIP) --only-binary :all: --require-hashes -r
LOCK := uv pip compile pyproject.toml --quiet --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

FIRST := 0
YEARS := 1000

.DEFAULT_GOAL := help
.PHONY: help run test torture years soak bench screens lint format lock clean

help:   ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: $(VENV)/.run  ## Install and start with demo workspaces; Ctrl-C stops
	@exec $(VENV)/bin/quartermaster up --demo $(ARGS)

test: $(VENV)/.test  ## Run every test, or some: ARGS="-k wallet"
	@$(VENV)/bin/python -m pytest $(ARGS)

torture: $(VENV)/.test  ## Kill everything again and again, and play at random, for an hour
	@QUARTERMASTER_TORTURE_ROUNDS=200 $(VENV)/bin/python -m pytest --timeout 7200 \
		tests/acceptance/test_crashes.py tests/acceptance/test_archive.py \
		tests/acceptance/faults tests/interfaces/api/test_fuzz.py \
		tests/interfaces/api/test_tenants.py \
		tests/simulation --ignore tests/simulation/test_year_of_money.py $(ARGS)
	@$(MAKE) --no-print-directory years

years: $(VENV)/.test  ## Live a thousand years of money on all cores, or some: FIRST=200 YEARS=100
	@seq $(FIRST) $$(($(FIRST) + $(YEARS) - 1)) | QUARTERMASTER_TORTURE_ROUNDS=200 \
		xargs -P $$(getconf _NPROCESSORS_ONLN) -n 25 \
		sh -c 'QUARTERMASTER_SIMULATION_SEEDS="$$*" exec $(VENV)/bin/python -m pytest -q \
		tests/simulation/test_year_of_money.py' sh

soak: $(VENV)/.test  ## Send half of the top speed for half an hour, and watch memory and lag
	@$(VENV)/bin/python -m bench soak --json build/soak.json $(ARGS)

bench: $(VENV)/.test  ## Measure, some or all: ARGS="core metering serving files growth pages suggestion entitlements invoices checkouts"
	@$(VENV)/bin/python -m bench $(ARGS)

screens: $(VENV)/.test  ## Take the pictures of the documentation again
	@QUARTERMASTER_SCREENS=docs/screens $(VENV)/bin/python -m pytest -q tests/browser/test_look.py

lint: $(VENV)/.test  ## Check format, style, types and layers
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.test  ## Put the code into its format
	$(VENV)/bin/ruff format
	$(VENV)/bin/ruff check --fix

lock:   ## Pin the libraries of pyproject.toml (needs uv); newest: ARGS=--upgrade
	$(LOCK) $(ARGS) --group build -o requirements/run.txt
	$(LOCK) $(ARGS) --group build --group test -c requirements/run.txt -o requirements/test.txt

clean:  ## Remove what was installed or cached; the database stays
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 \
		"Python 3.11 or newer is needed; set PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo >&2 \
		"$(PYTHON) cannot make virtual environments: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/pip
	@echo "Installing the libraries into $(VENV) ..."
	@$(LOCKED) requirements/run.txt || { echo >&2 "Not installed (see above). \
	Check the network, the free disk, and that Python is 3.11-3.13 on Linux or macOS."; exit 1; }
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "Installing the test tools into $(VENV) ..."
	@$(LOCKED) requirements/test.txt
	@touch $@
