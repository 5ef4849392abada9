# Two commands do all the set-up: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 3
STAMP := $(VENV)/.stamp-$(shell cat pyproject.toml constraints.txt Makefile | cksum | cut -d' ' -f1)
COMPILED := $(STAMP)-compiled
CHECKS := lint types layers sql
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
# Tests start hundreds of commands: modules are compiled once, and not by each of them.
export PYTHONDONTWRITEBYTECODE :=
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
endif

.PHONY: demo test check $(CHECKS) fix changed bench faults fuzz docs pins clean

demo: $(STAMP)
	@$(BIN)/warehouse demo

test: $(STAMP)
	@$(MAKE) --no-print-directory -j2 $(CHECKS) $(COMPILED)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(STAMP)
	@$(MAKE) --no-print-directory -j2 $(CHECKS)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy

layers: $(STAMP)
	@$(BIN)/lint-imports

sql: $(STAMP)
	@$(BIN)/sqruff lint sql

# What the tests import is compiled once, beside the checks, and not by each of the processes that begin together.
$(COMPILED): $(STAMP)
	@$(BIN)/python -m pytest --collect-only --quiet > /dev/null || true
	@touch $@

fix: $(STAMP)
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/sqruff fix --quiet sql || true

changed: check
	@$(BIN)/python -m tools.changed $(BASE)

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

faults: $(STAMP)
	@$(BIN)/python -m tests.faults

fuzz: $(STAMP)
	@$(BIN)/python -m tests.fuzz

docs: $(STAMP)
	@$(BIN)/python -m sphinx -q -W --keep-going -c tools/site . build/docs

pins: $(STAMP)
	@$(BIN)/python -m tools.pins

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (make PYTHON=python3.12)")'
	@echo "Making $(VENV): about 150 packages, PostgreSQL and PyTorch among them; a few minutes the first time."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r <(sed -n '/^uv==/,/[^\\]$$/p' constraints.txt)
	@$(BIN)/python -m uv pip install --python $(BIN)/python -c constraints.txt -e '.[baselines,extract,gguf,figures,cluster,corpora,dashboard,docs,export,notebook,test]'
	@rm -f $(VENV)/.stamp-* && touch $@

clean:
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
