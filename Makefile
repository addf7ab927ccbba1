# Two commands on a fresh Debian with python3 and make: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install run test lint bench peers chaos hyper packages lock clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Loupe needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv 2>/dev/null || { \
	  rm -rf .venv; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv .venv; \
	  else \
	    echo "Python's venv module is missing. Run: sudo apt-get install python3-venv" >&2; exit 1; \
	  fi; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m loupe.prepare
	@touch $@

run: install
	$(BIN)/loupe up

test: install
	.ci/tools
	$(BIN)/python -m pytest -n 2 --dist loadscope

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Programs that the bench measures Loupe beside; without them their rows are left out.
peers:
	-test -x bench/peers/.venv/bin/python || $(PYTHON) -m venv bench/peers/.venv
	-bench/peers/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r bench/peers/requirements.lock
	-npm ci --silent --prefix bench/peers

# For Tableau extracts: Tableau's own library, 291 MB once installed. There is none for Linux on ARM.
hyper: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements-hyper.lock

# Zips for Lambda, in build/lambda: the same bytes from the same inputs.
packages: install
	$(BIN)/python -m loupe.packing

bench: install peers
	$(BIN)/python -m bench

chaos: install
	$(BIN)/python -m bench.chaos
	$(BIN)/python -m bench.newschaos

# Needs uv. Hashes only; no index address ends up in the lock.
lock:
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --python-version 3.11 --output-file requirements.lock
	grep -o 'tableauhyperapi>=[^"]*' pyproject.toml | uv pip compile - --constraint requirements.lock --universal \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-package cffi \
	  --no-emit-package pycparser --python-version 3.11 --output-file requirements-hyper.lock
	uv pip compile tests/servers/requirements.in --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --python-version 3.11 --output-file tests/servers/requirements.lock
	uv pip compile tests/linters/requirements.in --override tests/linters/overrides.txt --universal \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
	  --output-file tests/linters/requirements.lock

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache
