# Everything sets itself up in .venv from a bare python3 >= 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PROTOS := $(wildcard proto/onebox/v1/*.proto)

.PHONY: help demo test check bench proto format clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "onebox needs Python 3.11 or newer; set PYTHON=")'
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@$(BIN)/python -m engine.routing.warm
	@touch $@

demo: $(READY) ## start the store and the server, route real-sized orders over gRPC, show what came of it
	@$(BIN)/onebox demo

test: $(READY) ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(READY) ## format, lint, types, import direction, proto lint, generated code current
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/mypy
	@PYTHONPATH=.:proto $(BIN)/lint-imports
	@cd proto && ../$(BIN)/buf lint
	@PYTHON=$(BIN)/python sh proto/generate.sh --check

bench: $(READY) ## every figure of the design, small; see benchmarks/ for the whole
	@$(BIN)/python -m benchmarks.order --quick
	@$(BIN)/python -m benchmarks.service --quick
	@$(BIN)/python -m benchmarks.batch --quick
	@$(BIN)/python -m benchmarks.horizon --quick

proto: $(READY) ## generate the Python of proto/onebox/v1
	@PYTHON=$(BIN)/python sh proto/generate.sh

format: $(READY) ## format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist
