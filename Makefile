# Every recipe is one line; what needs more is a script in deploy/.
PYTHON ?= python3
VENV := .venv/bin/python
FIN_PRET_DEMO ?= 1
export FIN_PRET_DEMO
unexport PYTHONDONTWRITEBYTECODE  # each process would compile every library again, which takes it seconds
.DEFAULT_GOAL := help
.PHONY: help run reset setup setup-dev test pytest coverage lint ruff templates imports dependencies dead-code types format messages bench

help: ## Print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Prepare the machine, then run the portal and its demo (PORT=8000, FIN_PRET_HOME=./var)
	@exec $(VENV) deploy/run.py

reset: setup ## Remove the data folder, unless a portal runs on it
	@$(VENV) deploy/run.py --reset

setup: ## Prepare the machine to run the portal (nothing to do the second time)
	@$(PYTHON) deploy/setup.py

setup-dev: ## Prepare the machine to test the portal too
	@$(PYTHON) deploy/setup.py --dev

test: setup-dev ## Everything that must pass: the quick checks first, then every test
	@$(MAKE) --no-print-directory lint && $(MAKE) --no-print-directory pytest

pytest: ## Every test, in random order, four at a time: some wait for servers
	@$(VENV) -m pytest -n 4

coverage: ## Every test, with the lines and branches that none of them reaches
	@$(VENV) -m pytest -n 2 --cov --cov-report=term-missing:skip-covered

lint: ## Every check that needs no test, two at a time
	@$(MAKE) --no-print-directory -j2 --output-sync types ruff templates imports dependencies dead-code

ruff: ## Style, common faults, forbidden calls
	@$(VENV) -m ruff check . && $(VENV) -m ruff format --check .

templates: ## Faults in the templates
	@$(VENV) -m djlint --lint --quiet templates

imports: ## Who may import whom
	@.venv/bin/lint-imports --no-logo

dependencies: ## Dependencies that are missing, unused or borrowed
	@$(VENV) -m deptry .

dead-code: ## Code that nothing calls
	@$(VENV) -m vulture

types: ## Types, strictly
	@$(VENV) -m mypy

format: ## Rewrite the code in the house style
	@$(VENV) -m ruff check --fix . && $(VENV) -m ruff format .

messages: ## Bring the translations up to date with the French sentences (nothing to do the second time)
	@$(VENV) deploy/messages.py

bench: setup-dev ## Measure the budgets of the design on full-size data
	@$(VENV) -m tests.bench
