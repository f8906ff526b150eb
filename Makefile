# What a developer types. `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
TEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install run demo serve test bench fuzz reliability audit check format schema lock superuser clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python came without its venv module; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# The locks name exact versions and hashes: what is installed here is what was tested.
.venv/run.stamp: requirements.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

install: .venv/dev.stamp ## the virtual environment, with what testing and checking need

run: .venv/run.stamp ## serve on http://127.0.0.1:8000 and crawl the shop beside it
	@exec $(PY) scripts/run.py run

demo: .venv/run.stamp ## as run, against a shop of the project's own: no network needed
	@exec $(PY) scripts/run.py demo

serve: .venv/run.stamp ## serve alone; PORT=8080 chooses the port
	@exec $(PY) scripts/run.py serve

.venv-bench/stamp: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@touch $@

bench: install .venv-bench/stamp ## every comparison of speed, some twenty minutes; writes benchmarks/RESULTS.md
	$(PY) -m benchmarks.suite $(BENCH_ARGS)

superuser: .venv/run.stamp ## an account for the admin
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py createsuperuser

test: install ## the whole test suite; DATABASE_URL=postgresql://… runs it on PostgreSQL
	$(BIN)/pytest $(TEST_ARGS)

fuzz: install ## asks every operation for what it should not give; FUZZ_ARGS="--cases 1700 --minutes 0" asks 5,100 times each
	$(PY) -m tests.security.fuzz $(FUZZ_ARGS)

reliability: install ## writers, kill -9, outages, a full disk, searches that hang: a minute each; DATABASE_URL as for test
	SECONDS_OF_LOAD=60 $(BIN)/pytest -n 0 -rA tests/resilience/test_writers.py tests/resilience/test_faults.py tests/resilience/test_bulkhead.py

audit: install ## known vulnerabilities of the pinned requirements; needs the network
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

check: install ## format, lint, types, imports, requirements, migrations, Dockerfile, workflows, schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --offline --quiet --config zizmor.yml .github/workflows
	$(PY) manage.py spectacular --validate --fail-on-warn | diff - schema.yaml || { echo 'schema.yaml is out of date: make schema'; exit 1; }

format: install ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: install ## write schema.yaml anew
	$(PY) manage.py spectacular --validate --fail-on-warn --file schema.yaml

lock: install ## pin requirements*.txt anew from requirements*.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' $(LOCK_ARGS) requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' $(LOCK_ARGS) requirements-dev.in --output-file requirements-dev.txt

clean: ## remove the virtual environment and the caches; var/ with its data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
