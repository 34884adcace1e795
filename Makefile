# Two commands, and nothing before them:
#
#   make lab     opens the course in JupyterLab       (make lab ARGS=--no-browser  for a server)
#   make test    checks everything, notebooks too     (make test ARGS="-k attention"  for a part)
#
# Both need only make and Python 3.11 or newer with its venv module. The first call creates .venv and installs into
# it; later calls start at once, until pyproject.toml or constraints.txt changes.
#
#   PYTHON=python3.12          the Python that .venv is made from
#   PIP_ARGS="--index-url …"   more words for pip, say an index with PyTorch's small CPU build
#   NEWEST=1                   the newest versions of everything, not the tested ones of constraints.txt
#   JOBS=2                     test processes at a time

ARGS   ?=
JOBS   ?= 2
VENV   := .venv/bin/python
COURSE := $(VENV) -m llmcourse
# Test processes share the cores: one thread each is faster than all threads each.
PYTEST := OMP_NUM_THREADS=1 LLMCOURSE_THREADS=1 $(VENV) -m pytest

export PYTHON PIP_ARGS NEWEST
.PHONY: help lab test notebooks data bench pins site site-check clean renew

help:
	@echo 'make lab        open the course in JupyterLab (ARGS=--no-browser for a server)'
	@echo 'make test       style, types, all tests and all notebooks (ARGS="-k attention" for a part)'
	@echo 'make notebooks  execute the notebooks and write their outputs'
	@echo 'make data       build the story corpus in data/ again, byte for byte'
	@echo 'make bench      measure the course against its targets (takes minutes)'
	@echo 'make pins       write down the installed versions as the tested ones'
	@echo 'make site       build the website into build/site, to be opened from there (ARGS="--out FOLDER" for another place)'
	@echo 'make clean      remove .venv and all caches'

lab: .venv/installed
	@$(COURSE) lab $(ARGS)

test: .venv/installed-tests
	@$(VENV) -m ruff check .
	@$(VENV) -m mypy
	@$(PYTEST) -n $(JOBS) --dist loadfile $(ARGS)

notebooks: .venv/installed
	@$(COURSE) notebooks build $(ARGS)

data: .venv/installed
	@$(COURSE) data build $(ARGS)

bench: .venv/installed-tests
	@$(PYTEST) -s -o python_files='bench_*.py' -o python_functions='bench_*' tests/benchmarks $(ARGS)

pins: .venv/installed-tests
	@$(VENV) -m pip install -q --disable-pip-version-check $(PIP_ARGS) -e '.[hub]'
	@$(VENV) scripts/pins.py

site: .venv/installed-site
	@$(COURSE) site $(ARGS)

# Every page of the site in Chromium; `make test` looks at each notebook and at some of the others.
site-check: .venv/installed-tests
	@LLMCOURSE_ALL_PAGES=1 $(PYTEST) tests/site $(ARGS)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed. The files are made by the script once pip has succeeded, so a broken install is tried again.
# (A copy of the course without constraints.txt installs too.)
.venv/installed: pyproject.toml $(wildcard constraints.txt) scripts/install.sh
	@sh scripts/install.sh . $@

.venv/installed-site: pyproject.toml $(wildcard constraints.txt) scripts/install.sh
	@sh scripts/install.sh '.[site]' $@

.venv/installed-tests: pyproject.toml $(wildcard constraints.txt) scripts/install.sh
	@sh scripts/install.sh '.[test,hf,classroom,site]' $@

# A folder that was moved or copied still points at its old place: install again.
ifneq ($(shell cat .venv/folder 2>/dev/null),$(CURDIR))
.venv/installed .venv/installed-site .venv/installed-tests: renew
endif
