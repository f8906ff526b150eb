# Commands for development. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
TEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install screenshots mail-screenshots run demo serve test test-slow bench fuzz reliability audit check format schema lock superuser clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is required: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python has no venv module. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# The lock files contain exact versions and hashes, so that the installed packages are the tested ones.
# They are complete, and --no-deps keeps what pyproject.toml excludes from being required.
.venv/run.stamp: requirements.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

install: .venv/dev.stamp ## create the virtual environment with the development requirements

run: .venv/run.stamp ## serve on http://127.0.0.1:8000 and crawl the shop
	@exec $(PY) scripts/run.py run

demo: .venv/run.stamp ## the same with a local test shop: needs no network
	@exec $(PY) scripts/run.py demo

serve: .venv/run.stamp ## serve without a crawl; PORT=8080 sets the port
	@exec $(PY) scripts/run.py serve

.venv-bench/stamp: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@touch $@

bench: install .venv-bench/stamp ## run all benchmarks, about half an hour; writes benchmarks/RESULTS.md
	$(PY) -m benchmarks.suite $(BENCH_ARGS)

superuser: .venv/run.stamp ## create an account for the admin
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py createsuperuser

test: install ## run the tests, about eight minutes on two cores; DATABASE_URL=postgresql://… uses PostgreSQL
	$(BIN)/pytest -m "not slow" $(TEST_ARGS)

test-slow: install ## run the slow proofs: mutations, browser attacks, faults, killed workers
	$(BIN)/pytest -m slow $(TEST_ARGS)

fuzz: install ## run schemathesis with fixed cases; the long run: make fuzz FUZZ_ARGS="--cases 1700"
	$(PY) -m tests.security.fuzz --seed 7 $(FUZZ_ARGS)

reliability: install ## measure writers, kill -9, outages, a full disk and hanging searches for a minute each
	SECONDS_OF_LOAD=60 $(BIN)/pytest -n 0 -rA tests/resilience/test_writers.py tests/resilience/test_faults.py tests/resilience/test_bulkhead.py

screenshots: install ## write a picture of every page to var/screenshots/; needs Chromium
	$(PY) -m tests.screenshots $(SCREENSHOT_ARGS)

mail-screenshots: install ## write a picture of every kind of mail to var/mails/; needs Chromium
	$(PY) -m tests.screenshots.mails $(SCREENSHOT_ARGS)

audit: install ## look for known vulnerabilities of the requirements; needs the network
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

check: install ## check format, lint, types, imports, requirements, migrations, Dockerfile, workflows, schema
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

format: install ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: install ## write schema.yaml
	$(PY) manage.py spectacular --validate --fail-on-warn --file schema.yaml

lock: install ## pin requirements*.txt from requirements*.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' $(LOCK_ARGS) requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' $(LOCK_ARGS) requirements-dev.in --output-file requirements-dev.txt

clean: ## remove the virtual environment and caches; keeps the data in var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
