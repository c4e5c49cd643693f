# Short names for `python3 run.py VERB`; `make` alone lists them.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help report test check lab bench calibrate lock clean

help:  ## list what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report:  ## import data/example and write report.html
	$(PYTHON) run.py report

test:  ## format, lint, types, layers, tests, notebooks
	$(PYTHON) run.py test

check: test  ## the same as test

lab:  ## open JupyterLab on the notebooks
	$(PYTHON) run.py lab

bench:  ## run the benchmarks
	$(PYTHON) run.py bench

calibrate:  ## run the slow suites: calibration, long randomised runs
	$(PYTHON) run.py calibrate

lock:  ## make requirements.lock again (needs uv and a package index)
	$(PYTHON) run.py lock

clean:  ## remove what was built, but not the environment and not your data
	rm -rf build dist report.html .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
