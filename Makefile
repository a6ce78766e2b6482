# MiTalk's commands. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help run test faults restore-test lint format bench lock messages sbom fuzz
SHELL := /bin/sh

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## Start MiTalk on this machine: http://localhost:8000 (PORT= changes the port)
	@sh config/local/bootstrap.sh requirements.lock
	@exec .venv/bin/python manage.py run_local

test: ## Prove everything: unit, services on both databases, real browsers (STAGE= runs one part, ARGS= goes to pytest)
	@sh config/local/bootstrap.sh requirements-test.lock
	@exec .venv/bin/python -m tests.environment.run

restore-test: ## Rehearse a restore: back up an installation with rows, restore it into an empty one, start that
	@sh config/local/bootstrap.sh requirements-test.lock
	@STAGE=operating ARGS="-k restore -v" exec .venv/bin/python -m tests.environment.run

faults: ## Kill, cut off and fill up whatever can be, in full and with what was measured (ARGS= goes to pytest)
	@sh config/local/bootstrap.sh requirements-test.lock
	@MITALK_FAULTS=full STAGE="faults,faults on engines,partitions" exec .venv/bin/python -m tests.environment.run

lint: ## Check style, types, layers, migrations
	@sh config/local/bootstrap.sh requirements-test.lock
	@STAGE=lint exec .venv/bin/python -m tests.environment.run

format: ## Format the code
	@sh config/local/bootstrap.sh requirements-test.lock
	@.venv/bin/ruff check --fix --quiet . && .venv/bin/ruff format .

bench: ## Measure the audio worker with real clients
	@sh config/local/bootstrap.sh requirements-test.lock
	@exec .venv/bin/python manage.py bench fanout $(ARGS)

lock: ## Pin the dependencies of pyproject.toml again, with hashes (needs uv)
	uv pip compile --quiet pyproject.toml --no-header --universal --generate-hashes --no-emit-index-url --python-version 3.11 -o requirements.lock
	uv pip compile --quiet pyproject.toml --no-header --universal --group test --generate-hashes --no-emit-index-url --python-version 3.11 -c requirements.lock -o requirements-test.lock

sbom: ## Write what the product is made of to var/sbom.json (CycloneDX)
	@sh config/local/bootstrap.sh requirements-test.lock
	@mkdir -p var
	@.venv/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible -o var/sbom.json
	@echo "var/sbom.json"

fuzz: ## Send hostile requests and messages to everything, much more than make test does (EXAMPLES=20000, ARGS= goes to pytest)
	@sh config/local/bootstrap.sh requirements-test.lock
	@MITALK_FUZZ_EXAMPLES=$(or $(EXAMPLES),20000) exec .venv/bin/python -m pytest -q -n 2 tests/safety/test_route_fuzz.py tests/safety/test_message_fuzz.py $(ARGS)

messages: ## Collect the words to translate and compile the translations (needs gettext)
	.venv/bin/python manage.py makemessages --all --no-location --no-obsolete --ignore .venv --ignore tests --ignore var
	.venv/bin/python manage.py compilemessages --ignore .venv
