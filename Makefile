# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests of one file stay in one process, with what they share. Those of whole clusters and of whole farms start
# processes of their own and wait for them, with leases of seconds: two at a time, however many cores there are.
JOBS ?= auto
PARALLEL := --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export RAY_USAGE_STATS_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help demo test check unit quick docs bench chaos deploy-check gpu clean

help:  ## What there is to make.
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14) and "shotfarm needs Python 3.11 to 3.14, this is " + sys.version.split()[0] + ": make PYTHON=python3.13")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.farm: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up $(VENV); the first time this takes a few minutes (torch, Ray) …"
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[all]'
	@touch $@

$(VENV)/.dev: $(VENV)/.farm
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	@touch $@

$(VENV)/.docs: pyproject.toml constraints.txt | $(BIN)/python
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

demo: $(VENV)/.farm  ## Render the demo production: SQLite, local Ray, the toy model.
	@$(BIN)/farm demo

test: $(VENV)/.dev check  ## Every check and every test.
	$(BIN)/pytest tests/unit tests/integration --ignore tests/integration/farm/cluster -p no:randomly $(PARALLEL)
	$(BIN)/pytest tests/integration/farm/cluster tests/acceptance -p no:randomly $(SIDE_BY_SIDE)

check: $(VENV)/.dev  ## Format, lint, types, import contracts.
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports

unit: $(VENV)/.dev  ## The tests that take seconds.
	$(BIN)/pytest tests/unit $(PARALLEL)

quick: $(VENV)/.dev  ## The tests nearest to what was changed since main, and which they are.
	$(BIN)/python -m tests.quick -m "not long" -p no:randomly $(PARALLEL)

docs: $(VENV)/.docs  ## The documents, into build/docs/html; any warning is an error.
	rm -rf build/docs
	$(BIN)/python -m sphinx -b html -d build/docs/.doctrees -W --keep-going -n -q docs build/docs/html
	@echo "build/docs/html/index.html"

bench: $(VENV)/.dev  ## Speed and memory, as ratios in one run.
	$(BIN)/python -m tests.benchmarks

chaos: $(VENV)/.dev  ## Twenty minutes of killed processes, cut networks, full disks; counts what is lost (0).
	$(BIN)/python -m tests.chaos

deploy-check: $(VENV)/.dev  ## What lies in deploy/, held against the tools that it is for.
	$(BIN)/python -m tests.deploy_check

gpu: $(VENV)/.dev  ## The tests that need an accelerator and real weights.
	$(BIN)/pytest tests/gpu -m gpu

clean:  ## Remove what was made here; clips and databases stay.
	rm -rf $(VENV) .venv-newest build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
