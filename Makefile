# Every command a person needs; `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help run test sure lint types bench assets translations review lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/installed: requirements.lock setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing the locked development dependencies …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

assets: .venv/installed ## build the front-end assets (only when something changed)
	@$(BIN)/python frontend/build.py

translations: .venv/installed ## compile the translations
	@$(BIN)/python -m app.translating compile

run: .venv/installed assets translations ## start everything on this machine; Ctrl-C stops it
	@exec $(BIN)/mocxa run

test: .venv/installed-dev assets translations ## format, lint, types and every test, on SQLite and PostgreSQL
	@exec $(BIN)/python -m tests.everything

sure: .venv/installed-dev assets translations ## the quick look before a commit: format, lint, types, SQLite tests
	@exec $(BIN)/python -m tests.everything --quick

lint: .venv/installed-dev ## format and lint
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

types: .venv/installed-dev ## check the type hints
	@$(BIN)/mypy

bench: .venv/installed-dev assets translations ## measure what the project promises, each as a ratio
	@exec $(BIN)/python -m bench

review: .venv/installed-dev ## collect new strings into the catalogues and the Khmer review list
	@$(BIN)/python -m app.translating collect

lock: .venv/installed-dev ## resolve the dependencies anew into the lock files
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade --python-version 3.11 --extra build setup.cfg -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --upgrade --python-version 3.11 --extra build --extra dev setup.cfg -c requirements.lock -o requirements-dev.lock

clean: ## remove what was built (not the data in var/)
	@rm -rf .venv app/static/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache
