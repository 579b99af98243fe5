# Everything happens in .venv; nothing needs root, a service, or a network after the installation.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
T ?= tests
POINTS ?= 60
SEED ?= 20261124
STAMP := .venv/.installed

.PHONY: help demo test crash sweep explore lint format bench bench-diff bench-classify files policies train docs package clean lock

help: ## Show this help
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.txt pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(STAMP)

demo: $(STAMP) ## The example company's whole story, in .demo/
	@$(BIN)/notifier demo

test: $(STAMP) ## Run the tests; one part with T=tests/unit
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal $(T)

crash: $(STAMP) ## Kill the sender 25 times at random moments; repeat with SEED=n
	@$(BIN)/python -m pytest -q -s tests/acceptance/test_crash.py --people 200 --kills 25 --fault-seed $(SEED)

sweep: $(STAMP) ## Kill each command before system calls, 60 of each; POINTS=all (needs strace)
	@$(BIN)/python -m pytest -q -s tests/acceptance/test_sweep.py --points $(POINTS) --fault-seed $(SEED)

explore: $(STAMP) ## Walk new orders of acts against the promises; EXPLORE=200 walks
	@EXPLORE=$${EXPLORE:-200} $(BIN)/python -m pytest tests/integration/test_stateful.py

lint: $(STAMP) ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## Let ruff format and mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(STAMP) ## Measure, as ratios against a baseline of the same run
	@$(BIN)/python -m tests.bench

bench-diff: $(STAMP) ## Measure the differ and its peers side by side
	@$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['peers'], sep='\n')" > .venv/peers.txt
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -r .venv/peers.txt; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r .venv/peers.txt; fi \
	  || echo "The other differs could not be installed; those that are absent are left out."
	@$(BIN)/python -m tests.bench.diff

bench-classify: $(STAMP) ## The classifier against trivial baselines, on labelled cases
	@$(BIN)/python -m tests.bench.classifier

files: $(STAMP) ## Every file that was made to hold the program, with a table
	@EVERY_FILE=1 $(BIN)/python -m pytest -q -s tests/acceptance/test_files.py

policies: $(STAMP) ## Every real pair of policies, where ../shared is, with a table
	@$(BIN)/python -m tests.policies

train: $(STAMP) ## Fit the learned second opinion anew on labelled cases
	@$(BIN)/python -m tests.train_opinion

docs: $(STAMP) ## Write the generated reference pages anew
	@$(BIN)/python -m tests.docs_reference

package: $(STAMP) ## Build the wheel and the sdist into dist/
	@$(BIN)/python -m hatchling build

clean: ## Remove everything that make made
	rm -rf .venv .demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

lock: ## Resolve requirements.txt anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate --group dev pyproject.toml -o requirements.txt
