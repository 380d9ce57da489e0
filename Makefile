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
.PHONY: help demo test chromium check unit quick docs bench chaos deploy-check gpu gpu-wheels judge-check clean

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

# The desk is used in a browser: Debian's Chromium, installed here where that is allowed.
chromium: $(VENV)/.dev
	@$(BIN)/python -m tests.chromium

test: $(VENV)/.dev check chromium  ## Every check and every test.
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

chaos: $(VENV)/.dev  ## Half an hour of killed processes, cut networks, full disks; counts what is lost (0).
	$(BIN)/python -m tests.chaos
	$(BIN)/python -m tests.chaos.every_order
	$(BIN)/python -m tests.chaos.every_order --together

deploy-check: $(VENV)/.dev  ## What lies in deploy/, held against the tools that it is for.
	$(BIN)/python -m tests.deploy_check

# Nothing is fetched with WHEELS=folder: PYTHON has torch already, and the rest comes from the folder's wheels.
CARRIED := build/gpu-packages
GPU_PYTHON := $(if $(WHEELS),PYTHONPATH=$(CARRIED) $(PYTHON),$(BIN)/python)

$(CARRIED)/.whole: $(wildcard $(WHEELS)/*.whl)
	@rm -rf $(CARRIED)
	@$(PYTHON) -m pip install --quiet --no-index --no-deps --no-compile --target $(CARRIED) $(WHEELS)/*.whl
	@touch $@

gpu: $(if $(WHEELS),$(CARRIED)/.whole,$(VENV)/.dev)  ## Measure on a card; then render on it, where FARM_WEIGHTS is set.
	$(GPU_PYTHON) -m tests.gpu.measure --out build/gpu
	@if [ -n "$$FARM_WEIGHTS" ] && [ -z "$(WHEELS)" ]; then $(GPU_PYTHON) -m pytest tests/gpu -m gpu; \
	else echo "Without FARM_WEIGHTS, or with WHEELS, nothing is rendered with real weights."; fi

judge-check: $(VENV)/.dev  ## Whether the judge in WEIGHTS=folder tells right prompts from wrong ones: AUROC on photographs.
	$(BIN)/python -m tests.judge_check $(if $(WEIGHTS),--weights "$(WEIGHTS)") $(if $(PROFILE),--profile "$(PROFILE)")

gpu-wheels: $(VENV)/.dev  ## Collect in WHEELS=folder what make gpu wants on a machine without a hub.
	$(BIN)/python -m tests.gpu.wheels $(or $(WHEELS),build/wheels) $(if $(WHEELS_PYTHON),--python $(WHEELS_PYTHON))

clean:  ## Remove what was made here; clips and databases stay.
	rm -rf $(VENV) .venv-newest build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
