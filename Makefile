# Everything starts from a bare checkout on a machine with Python 3.11+ and make.
# Stamp files make a second `make setup` a matter of a moment: only what changed is done again.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first Python that is new enough; or say PYTHON=…
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
VENV := .venv/pyvenv.cfg
PACKAGES := .venv/.packages
ASSETS := server/web/static/vendor/.assets
TABLET := server/web/static/tablet/.built
TABLET_SOURCES := $(shell find client_stub/web -name node_modules -prune -o -name tests -prune -o -type f -print)

# More words for pytest: make test ARGS="-k feed"
ARGS ?=

.PHONY: help setup run test prove bench lint

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(PACKAGES) $(ASSETS) $(TABLET) ## make .venv, install what the other targets need, fetch the web assets, build the tablet app

run: setup ## create the database with demo data and serve it on 127.0.0.1:8000 (or VYEZD_PORT)
	@$(BIN)/python scripts/run.py

test: setup ## run the tests on SQLite and a real PostgreSQL, and in Chromium where there is one
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

prove: setup ## run the long proofs at full count, printing seeds and figures (VYEZD_SEED, VYEZD_HISTORIES)
	@VYEZD_PROVE=1 $(BIN)/python -m pytest -m proof -rP $(ARGS)

bench: setup ## measure every goal beside its floor and peers: a table and build/bench.json (ARGS="--row storm")
	@$(BIN)/python -m tests.benchmarks $(ARGS)

lint: setup ## check style, types, who imports whom, and known vulnerabilities of packages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/audit_packages.py

$(VENV):
	@test -n "$(PYTHON)" || { echo "Vyezd needs Python 3.11 or newer: install it or say PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "this Python has no venv: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@echo "making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

$(PACKAGES): $(VENV) setup.cfg pyproject.toml constraints.txt
	@echo "installing the packages of setup.cfg at the versions of constraints.txt"
	@$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip setuptools
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-build-isolation --constraint constraints.txt --editable '.[test,lint]'
	@touch $@

$(ASSETS): package.json package-lock.json scripts/web_assets.py | $(PACKAGES)
	@echo "fetching the web assets of package-lock.json"
	@$(BIN)/python scripts/web_assets.py
	@touch $@

$(TABLET): $(TABLET_SOURCES) scripts/tablet_app.py scripts/web_assets.py | $(ASSETS)
	@echo "building the tablet app"
	@$(BIN)/python scripts/tablet_app.py
	@touch $@
