# What a user needs: make report, make test. Both set the project up first; they need python3 (3.11 or newer) and make.
PYTHON ?= python3
PERIOD ?= 2023-06
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
WORKBENCH := $(BIN)/workbench
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never
# A package mirror that pip is set up for is handed on to uv, which does not read pip's settings.
MIRRORED = mirror="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null)}}"; \
	if [ -n "$$mirror" ]; then export UV_DEFAULT_INDEX="$$mirror"; fi;
COMPILE := $(UV) pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help setup spark report test test-all lab bench bench-quick docs lock clean

help:
	@echo "make report    the demonstration hospital and its monthly report of $(PERIOD)"
	@echo "make test      set-up and everything that CI checks"
	@echo "make test-all  the same with the slow lane (Spark's tests need Java)"
	@echo "make spark     PySpark for closing with engine: spark"
	@echo "make lab       JupyterLab on the start notebook"
	@echo "make bench     generation, import, costing and closing at full size: seconds, memory, against plain scans"
	@echo "make bench-quick  the same at the size of the demonstration hospital"
	@echo "make docs      docs/data-contract.md from the schemas"
	@echo "make lock      requirements.lock and requirements-spark.lock from pyproject.toml"
	@echo "make clean     remove what make made (never a hospital of your own)"

setup: $(VENV)/.installed

# Only what requirements.lock names is installed, by hash: first uv, then the rest with it.
$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "setup: $(PYTHON) is not there: install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "setup: $$($(PYTHON) --version) is too old: Python 3.11 or newer is needed, name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "setup: $(PYTHON) comes without venv: on Debian or Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	@echo "setup: installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/pip install --quiet --no-deps --require-hashes --requirement $(VENV)/uv.lock
	@$(MIRRORED) UV_COMPILE_BYTECODE=1 $(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@touch $@

# PySpark (about 500 MB) for `engine: spark` in parameters/closing, from a lock of its own; it needs Java.
spark: $(VENV)/.spark
	@command -v java >/dev/null || [ -n "$$JAVA_HOME" ] || echo "spark: no Java found, so Spark cannot start and its tests are skipped: on Debian or Ubuntu, apt-get install default-jre-headless"

$(VENV)/.spark: $(VENV)/.installed requirements-spark.lock
	@echo "spark: installing PySpark into $(VENV)"
	@$(MIRRORED) $(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-spark.lock --build-constraints requirements-spark.lock
	@touch $@

report: setup
	@$(WORKBENCH) demo --out data/demo
	@$(WORKBENCH) close data/demo
	@$(WORKBENCH) report parameters/packs/monthly_committee.yaml --data data/demo --period $(PERIOD) --language zh --language en

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -m "not slow"

test-all: spark
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest

lab: setup
	@$(WORKBENCH) lab

bench: setup
	@$(BIN)/python -m benchmarks.run

bench-quick: setup
	@$(BIN)/python -m benchmarks.run --quick

docs: setup
	@$(BIN)/python -m analysis.contract_docs

# PySpark comes as source: setuptools builds it, so it stands in the lock too.
lock: setup
	$(COMPILE) pyproject.toml --extra test --output-file requirements.lock
	$(BIN)/python -c 'import tomllib; print("setuptools", *tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["spark"], sep="\n")' \
	| $(COMPILE) - --constraint requirements.lock --output-file requirements-spark.lock

clean:
	rm -rf $(VENV) build data/demo outputs/demo .pytest_cache .ruff_cache .import_linter_cache .hypothesis
