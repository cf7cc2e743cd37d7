# The tasks of the project. Everything they need beyond Python, git and make goes into .venv.

VENV := .venv
PYTHON_IN := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo test lint check clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: $(VENV)/.installed-base ## web server, worker and beat; ends with Ctrl-C
	@$(PYTHON_IN) manage.py run_stack

demo: $(VENV)/.installed-base ## one report from HTTP to a filed issue, in a temporary folder
	@$(PYTHON_IN) -m prism_care.demo $(DEMO_ARGS)

test: $(VENV)/.installed-dev ## the whole suite, on SQLite and on PostgreSQL where there is one
	@$(PYTHON_IN) tests/run.py $(TEST_ARGS)

lint: $(VENV)/.installed-dev ## ruff and mypy, all of them even when one complains
	@bad=0; \
	$(PYTHON_IN) -m ruff check . || bad=1; \
	$(PYTHON_IN) -m ruff format --check . || bad=1; \
	$(PYTHON_IN) -m mypy . || bad=1; \
	exit $$bad

check: $(VENV)/.installed-dev ## what must agree with the code: migrations, settings, OpenAPI file
	@deploy/check.sh $(PYTHON_IN)

clean: ## remove .venv and caches; the data folder stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.installed-base: requirements/base.txt requirements/install.sh
	@requirements/install.sh $(VENV) base

$(VENV)/.installed-dev: requirements/dev.txt requirements/install.sh
	@requirements/install.sh $(VENV) dev
