# What is done in this repository. Every target sets itself up from nothing and does so once.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin
SOURCES := pyproject.toml README.md LICENSE $(shell find reconciler -type f -not -name '*.pyc')
COMPILE := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

WORKFLOWS := $(wildcard examples/github/*.yml)

.PHONY: help demo serve-demo test check servers docs anger anger-http fuzz fuzz-http fuzz-record fuzz-wire fuzz-zones replay-servers bench bench-quick lock clean system

help: ## list the targets
	@grep -hE '^[a-z-]+:.* ## ' $(MAKEFILE_LIST) | sed -E 's/:.* ## /\t/' | \
		while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

demo: .venv/.wheel ## show the main job: plan, apply, a change made by hand, drift, repair
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

serve-demo: .venv/.wheel ## serve an account in which there is something, until Ctrl-C; SIZE=N makes it larger
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(BIN)/reconciler -C "$$folder" serve --demo $(if $(SIZE),--size $(SIZE)) $(SERVE) || [ $$? = 130 ]

test: .venv/.wheel ## build the wheel, install it and run every test against it
	@unset PYTHONPATH; RECONCILER_EXPECT_WHEEL=1 $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST)

check: .venv/.wheel .venv/.node ## lint, types, doors between rooms, budgets, workflows, freshness of schemas and docs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tests/architecture/budgets.py
	$(BIN)/reconciler schema --check schemas
	$(BIN)/python docs/generate.py --check
	$(BIN)/zizmor --offline --quiet .github $(WORKFLOWS)
	node requirements/node/lint.mjs .venv/node .github/workflows/*.yml $(WORKFLOWS)
	shellcheck examples/shell/*.sh requirements/servers.sh

servers: ## install the name servers on which tests run (BIND, Knot, PowerDNS); none of them is started
	@PATH="$$PATH:/usr/sbin"; \
	if ! command -v named knotd pdns_server rndc dig >/dev/null || [ ! -d /usr/share/pdns-backend-sqlite3 ]; then \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as bash requirements/servers.sh; \
	fi

docs: .venv/.wheel ## write again what is generated: schemas/ and the marked parts of docs/
	$(BIN)/reconciler schema --out schemas
	$(BIN)/python docs/generate.py

anger: .venv/.wheel ## kill an apply at each of its points and resume it elsewhere; 50 at once, 100 rounds; ask servers meanwhile (an hour)
	@unset PYTHONPATH; $(BIN)/python tests/anger/crashes.py $(CRASHES)
	@unset PYTHONPATH; $(BIN)/python tests/anger/contention.py $(CONTENTION)
	@unset PYTHONPATH; $(BIN)/python tests/anger/answers.py $(ANSWERS)

anger-dns: .venv/.wheel ## two writers on one record set of BIND and of Knot, 10,000 rounds, octodns-bind beside ours
	@unset PYTHONPATH; $(BIN)/python tests/anger/two_writers.py $(TWO_WRITERS)

.PHONY: anger-cache
anger-cache: .venv/.wheel ## hold cached plans against uncached ones over random histories on BIND: 200 of up to 40 steps (an hour)
	@unset PYTHONPATH; $(BIN)/python tests/anger/histories.py $(ANGER_CACHE)

anger-http: .venv/.wheel ## 200 changes over HTTP while answers are lost, cut, repeated, delayed, refused or another's (minutes)
	@unset PYTHONPATH; $(BIN)/python tests/service/weather.py $(WEATHER)

fuzz: .venv/.wheel ## load 10,000 generated configurations and 2,000 bombs, then fuzz by coverage (tens of minutes)
	@unset PYTHONPATH; $(BIN)/python tests/fuzz/run.py $(FUZZ)
	@unset PYTHONPATH; \
	if $(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/fuzz.txt; then \
		$(BIN)/python tests/fuzz/guided.py; \
	else \
		echo '!!! atheris could not be installed here: fuzzing led by coverage did NOT run.' >&2; \
	fi

fuzz-http: .venv/.wheel ## generate requests from the contract against the running service, with every check (tens of minutes)
	@unset PYTHONPATH; $(BIN)/python tests/service/contract_fuzz.py $(FUZZ_HTTP)

fuzz-record: .venv/.wheel ## read 100,000 files of the record's index the direct and the general way (a minute)
	@unset PYTHONPATH; $(BIN)/python tests/record/fuzz.py $(FUZZ_RECORD)

fuzz-wire: .venv/.wheel ## read and write 100,000 DNS messages each way beside dnspython (tens of minutes)
	@unset PYTHONPATH; $(BIN)/python tests/nameserver/fuzz.py $(FUZZ_WIRE)

fuzz-zones: .venv/.wheel ## read 100,000 zone files the fast way, the general way and by PyYAML (minutes)
	@unset PYTHONPATH; $(BIN)/python tests/load/zone_fuzz.py $(FUZZ_ZONES)

replay-servers: .venv/.wheel ## 405 real zones and 200 commits on name servers beside octoDNS (an hour; needs the corpus)
	@unset PYTHONPATH; PYTHONPATH=tests $(BIN)/python -m replay.nameservers $(REPLAY)

bench: .venv/.wheel servers ## measure everything beside octoDNS and write docs/performance.md (25 minutes); ROWS="start plan-1x1000"
	@unset PYTHONPATH; $(BIN)/python benchmarks/run.py --rows '$(ROWS)' $(BENCH)

bench-quick: .venv/.wheel servers ## the same at smaller sizes, printed and not written (minutes)
	@unset PYTHONPATH; $(BIN)/python benchmarks/run.py --quick --rows '$(ROWS)' $(BENCH)

lock: .venv/.installed ## resolve the newest allowed requirements again, with their hashes
	$(COMPILE) --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --extra test --extra check --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --output-file requirements/fuzz.txt requirements/fuzz.in
	@if grep -nE '://|^--[a-z]' requirements/*.txt; then echo 'A lock names an index.' >&2; exit 1; fi

clean: ## remove everything that these targets made
	rm -rf .venv dist .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find reconciler tests benchmarks docs -name __pycache__ -prune -exec rm -rf {} +

# What the operating system must have; installed only where it is missing.
system:
	@missing=; \
	command -v git >/dev/null || missing+=' git'; \
	command -v node >/dev/null || missing+=' nodejs'; \
	command -v npm >/dev/null || missing+=' npm'; \
	command -v shellcheck >/dev/null || missing+=' shellcheck'; \
	PATH="$$PATH:/usr/sbin" command -v named-checkzone >/dev/null || missing+=' bind9-utils'; \
	PATH="$$PATH:/usr/sbin" command -v sshd >/dev/null || missing+=' openssh-server'; \
	command -v ssh >/dev/null || missing+=' openssh-client'; \
	command -v gpg >/dev/null || missing+=' gnupg'; \
	command -v openssl >/dev/null || missing+=' openssl'; \
	command -v $(PYTHON) >/dev/null || missing+=' python3 python3-venv'; \
	! command -v $(PYTHON) >/dev/null || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing+=' python3-venv'; \
	if [ -n "$$missing" ]; then \
		as=; [ "$$(id -u)" = 0 ] || as=sudo; \
		$$as apt-get update -q && DEBIAN_FRONTEND=noninteractive $$as apt-get install -qy --no-install-recommends $$missing; \
	fi; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed; name one with PYTHON=...' >&2; exit 1; }

.venv/.installed: requirements/dev.txt | system
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.node: requirements/node/package-lock.json .venv/.installed
	@mkdir -p .venv/node
	@cp requirements/node/package.json requirements/node/package-lock.json .venv/node/
	@cd .venv/node && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

.venv/.wheel: .venv/.installed $(SOURCES)
	@rm -rf dist
	@$(BIN)/hatchling build --target wheel --directory dist >/dev/null
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-index --force-reinstall dist/*.whl
	@touch $@
