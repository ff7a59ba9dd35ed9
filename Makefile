# make run: set up and do the main job. make test: set up and run the tests. Both need Python 3.11 or newer with venv.
# make check: lint, types and the fast tests, before a commit. CONTRIBUTING.md has the others.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
IMAGE  ?= mtsp-kg
export MTSP_CACHE ?= $(CURDIR)/$(VENV)/cache

.PHONY: run check test conformance lint validate docs update dist image bench clean

run: $(VENV)/ready
	@echo; echo "== The graph"; $(BIN)/mtsp info | head -3
	@echo "== Does it conform?"; $(BIN)/mtsp validate
	@echo; echo "== One service, traced up to the plan"; $(BIN)/mtsp trace "WIPO GREEN"
	@echo; echo "== Coverage: what the plan states under each outcome, and where"; $(BIN)/mtsp query coverage
	@echo; echo "Next ('. $(BIN)/activate' first):"
	@echo "  mtsp queries                                        the questions that are ready to ask"
	@echo "  mtsp query partners-of-outcome -p outcome=2.4       the partners under an outcome"
	@echo "  mtsp query services-for-group -p group=SMEs         the services for a group"
	@echo "  mtsp show WHO                                       everything about an entity, by any of its names"
	@echo "  mtsp trace youth                                    from a target group up to the plan"
	@echo "  mtsp query -e 'SELECT ?p { GRAPH ?p { ?s mtsp:serves group:youth } }'"

check: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow and not conformance"

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m "not conformance"

conformance: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m conformance

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

validate: $(VENV)/ready
	$(BIN)/mtsp validate

docs: $(VENV)/ready-docs
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going --nitpicky --quiet --builder html docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

# What is generated and committed: golden answers, examples of the README and the guide, pictures. Read the difference.
update: $(VENV)/ready-dev
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/queries/test_catalogue.py -k golden_file
	UPDATE_README=1 $(BIN)/python -m pytest -q tests/test_readme.py tests/ontology/test_diagram.py
	$(BIN)/python docs/draw_architecture.py

# The wheel and the sdist, in dist/; the wheel is built from the sdist.
dist: $(VENV)/ready-dev
	rm -rf dist
	$(BIN)/python -m build

image:
	docker build --tag $(IMAGE) .

bench: $(VENV)/ready-dev
	$(BIN)/python benchmarks/query_start.py

clean:
	rm -rf $(VENV) build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("mtsp-kg needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/ready-docs: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@
