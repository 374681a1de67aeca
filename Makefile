# Two commands on a fresh machine: `make run` and `make test`. They need python3 (3.11 to 3.14) with venv, make and git.
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --only-binary :all:
ARGS ?=
BENCHES ?=
# Most of the time goes into waiting for sockets and processes: more workers than cores.
JOBS ?= 4
# Where it is set, every process compiles every module anew: one CPU second in ten of `make check`.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run serve test check fast slow web-check bench lock lock-check image-check clean

run: .venv/.run        ## the main job, once, on the screen
	@$(PY) -m bot demo

serve: .venv/.run      ## the bot
	@$(PY) -m bot serve $(ARGS)

test: .venv/.dev       ## every test but the slow ones and those of the browser
	@$(PY) -m pytest -n $(JOBS) --dist load --maxschedchunk 4 $(ARGS)

fast: .venv/.dev       ## the tests without I/O
	@$(PY) -m pytest -q tests/unit $(ARGS)

check: .venv/.dev      ## what CI runs: format, lint, types, layers, tests, coverage
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/hadolint Dockerfile
	@HYPOTHESIS_PROFILE=ci $(PY) -m pytest -q -n $(JOBS) --dist load --maxschedchunk 4 --cov --cov-report=term:skip-covered $(ARGS)

slow: .venv/.dev       ## long crash, fuzz and soak runs
	@HYPOTHESIS_PROFILE=slow $(PY) -m pytest -m slow $(ARGS)

web-check: .venv/.dev  ## the tests that need Chromium
	@$(PY) -m pytest -m web $(ARGS)

bench: .venv/.dev      ## the measurements whose data is there
	@$(PY) -m tests.bench all $(BENCHES)

lock: .venv/.dev       ## resolve the requirements anew
	@for set in run extras dev; do \
	  .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --python-version 3.11 requirements/$$set.in -o requirements/$$set.txt; \
	  ! grep -E '://|--(extra-)?index-url|--find-links' requirements/$$set.txt || exit 1; \
	done

lock-check: .venv/.dev ## the locks resolve to wheels on every Python we support
	@for version in 3.11 3.12 3.13 3.14; do \
	  .venv/bin/uv pip install --quiet --dry-run --no-deps --require-hashes --only-binary :all: \
	    --python-version $$version --target .venv/lock-check -r requirements/run.txt -r requirements/extras.txt || exit 1; \
	  echo "wheels for Python $$version: ok"; \
	done

image-check: .venv/.dev ## lint of the image's recipe
	@.venv/bin/hadolint Dockerfile
	@$(PY) -m pytest -q tests/unit/test_image.py

clean:                 ## remove what the targets above made (never your data in var/)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
	  || { echo "Haberdar needs Python 3.11 to 3.14; name one: make run PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt | .venv/bin/python
	@echo "Setting up .venv (once) ..." >&2
	@$(PIP) -r requirements/run.txt
	@$(PY) -c "import pathlib, sysconfig; \
	  pathlib.Path(sysconfig.get_path('purelib'), 'haberdar.pth').write_text('$(CURDIR)')"
	@printf '#!/bin/sh\nexec "%s" -m bot "$$@"\n' '$(CURDIR)/.venv/bin/python' > .venv/bin/haberdar
	@chmod +x .venv/bin/haberdar
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Setting up the tools of development (once) ..." >&2
	@$(PIP) -r requirements/dev.txt
	@touch $@
