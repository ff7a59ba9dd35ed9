# make run: set up, do the main job. make test: set up, run all tests. Both need Python 3.11 or newer with venv, no more.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
export MTSP_CACHE ?= $(CURDIR)/$(VENV)/cache

.PHONY: run test lint validate bench clean

run: $(VENV)/ready
	@echo; echo "== What the graph holds"; $(BIN)/mtsp info | head -3
	@echo "== Does it conform?"; $(BIN)/mtsp validate
	@echo; echo "== One service, traced up to the plan"; $(BIN)/mtsp trace "WIPO GREEN"
	@echo; echo "== Coverage: what stands under each outcome, and where"; $(BIN)/mtsp query coverage
	@echo; echo "What to try next ('. $(BIN)/activate' first):"
	@echo "  mtsp queries                                        the questions that are ready to ask"
	@echo "  mtsp query partners-of-outcome -p outcome=2.4       who stands under an outcome"
	@echo "  mtsp query services-for-group -p group=SMEs         what serves whom"
	@echo "  mtsp show WHO                                       what is said of anything, in any of its names"
	@echo "  mtsp trace youth                                    from a target group up to the plan"
	@echo "  mtsp query -e 'SELECT ?p { GRAPH ?p { ?s mtsp:serves group:youth } }'"

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

validate: $(VENV)/ready
	$(BIN)/mtsp validate

bench: $(VENV)/ready-dev
	$(BIN)/python benchmarks/query_start.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("mtsp-kg needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
