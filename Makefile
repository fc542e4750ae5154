PYTHON ?= python3
VENV := .venv
.PHONY: run test lint lock clean

$(VENV)/.run: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -q --require-hashes -r requirements/run.txt
	$(VENV)/bin/pip install -q --no-build-isolation --no-deps -e .
	touch $@
