# `make help` lists the targets. Installing happens once; constraints.txt says what is installed.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes, and each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
FUZZ_SECONDS ?= 60
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
# One more than there are cores: tests wait for the disk, for processes and for browsers.
WORKERS ?= $(shell echo $$(( $(CORES) + 1 )))
# The tests to run, as pytest names them; without it all.
ONE ?=
# The first Python that is new enough; choose another one with `make PYTHON=python3.12 …`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
# What tests start beside Python, as Debian calls it, where no program of that kind is here; servers' programs are in /usr/sbin.
have = $(shell PATH="$$PATH:/usr/sbin:/sbin"; for p in $(1); do command -v $$p && break; done)
MISSING_BROWSER := $(if $(call have,chromium chromium-browser google-chrome),,chromium)
MISSING := $(strip $(MISSING_BROWSER) \
	$(if $(wildcard /usr/lib/postgresql/*/bin/initdb)$(call have,initdb),,postgresql) \
	$(if $(call have,nginx),,nginx) \
	$(if $(call have,caddy),,caddy) \
	$(if $(call have,npm),,npm) \
	$(if $(call have,openssl),,openssl) \
	$(if $(call have,mkfs.ext4),,e2fsprogs) \
	$(if $(call have,faketime),,faketime))
# Installs Debian's packages where make runs as root with apt, and says elsewhere what to do.
apt = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(1); \
	else \
		echo "Not here: $(1). Tests that need them are skipped. On Debian: sudo apt-get install $(1)" >&2; \
	fi
# Tests take the same Chromium without windows where Debian has it: a page costs it a third of the processor time.
LIGHT_BROWSER = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium-headless-shell || true; \
	fi
VENDORED := studygroup/web/vendor/.vendored
# npm can stand still for good: after three minutes it is ended and asked once more.
NPM_INSTALL := $(if $(shell command -v timeout),timeout 180) npm install --silent --no-audit --no-fund --prefer-offline --fetch-retries 1 --prefix

.PHONY: help demo agenda lab serve site vendor check test lint fix bench bench-forms fuzz crash soak load season docs screenshots constraints wheel browser programs other-python clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: $(VENV)/.installed ## make a made-up group with thirteen weeks behind it in studygroup-demo/, and open its site
	@test -e studygroup-demo || $(BIN)/studygroup demo studygroup-demo
	@$(BIN)/studygroup site --workbook studygroup-demo --open

agenda: $(VENV)/.installed ## write the next session's agenda and print where
	@$(BIN)/studygroup agenda

lab: $(VENV)/.installed ## open JupyterLab on the facilitator's notebook
	@$(BIN)/studygroup lab

serve: $(VENV)/.installed-web $(VENDORED) ## serve the members' page on this machine
	@$(BIN)/studygroup serve

site: $(VENV)/.installed ## write the static site to site/ and print where
	@$(BIN)/studygroup site

vendor: $(VENDORED) ## get the browser's part of the members' page, checked by hash

check: lint ## before each commit: format, lint, types, and the tests that need neither a browser nor a server nor much time
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not browser and not server and not slow" --hypothesis-profile quick

# With ONE, only those tests run, in one process, so that what they print and `breakpoint()` work.
test: programs $(VENV)/.installed-test $(VENV)/.installed-proxy $(VENV)/.installed-html-validate $(VENDORED) $(if $(ONE),,lint) ## everything; ONE=tests/text/test_text.py or ONE=tests/text/test_text.py::NAME runs just that
	$(BIN)/pytest $(if $(ONE),$(ONE),-n $(WORKERS) --dist loadfile --no-loadscope-reorder)

lint: $(VENV)/.installed-test ## format, lint, types, notebooks without outputs, and the files that GitHub reads
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@# Both at once, each on a core.
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 & windows=$$!; \
		$(BIN)/mypy; here=$$?; wait $$windows && exit $$here
	$(BIN)/lint-imports --no-logo
	$(BIN)/nbstripout --verify notebooks/*.ipynb notebooks/templates/*.ipynb
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml

fix: $(VENV)/.installed-test ## format the code and mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout notebooks/*.ipynb notebooks/templates/*.ipynb

bench: $(VENV)/.installed-test ## measure, and print each ratio with its limit
	$(BIN)/python benchmarks/run.py

bench-forms: $(VENV)/.installed-test browser ## measure both weekly notebooks in a browser, with a big group
	$(BIN)/python benchmarks/forms_speed.py

fuzz: $(VENV)/.installed-test ## throw bytes at every reader, FUZZ_SECONDS (60) each; needs Linux
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[fuzz]'
	for target in markdown html bibtex csv yaml json records; do \
		$(BIN)/python benchmarks/fuzz.py $$target --seconds $(FUZZ_SECONDS) || exit 1; \
	done

crash: $(VENV)/.installed-test ## kill writers 2,000 times and cut the power 200 times: no acknowledged save may be lost
	$(BIN)/python benchmarks/reliability.py crash --cycles 2000
	$(BIN)/python benchmarks/reliability.py power --cycles 200 || test $$? = 3

soak: $(VENV)/.installed-test ## let 16 processes save 1,000 records each to one session
	$(BIN)/python benchmarks/reliability.py soak

season: $(VENV)/.installed-test ## play a season of a made-up group, make everything that comes of it, and run `due` every hour for four weeks
	$(BIN)/python benchmarks/season.py

load: $(VENV)/.installed-test $(VENV)/voila/.installed $(VENDORED) ## 200 members click every two seconds for a minute, as do 8 pages of Voilà; 500 pages come and go; kills while 50 save
	$(BIN)/python benchmarks/load.py clicks --members 200 --seconds 60
	$(BIN)/python benchmarks/load_voila.py --voila $(VENV)/voila/bin/voila --pages 8 --seconds 60
	$(BIN)/python benchmarks/load.py pages --members 200 --pages 500
	$(BIN)/python benchmarks/load.py kill --members 50 --kills 5

docs: $(VENV)/.installed-test ## bring what is generated in docs/ up to date, and build docs/ as a site in docs/_build/html
	$(BIN)/python docs/make_settings.py
	$(BIN)/python docs/make_commands.py
	$(BIN)/python docs/make_architecture.py
	$(BIN)/python docs/make_notebook_versions.py
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --fresh-env --doctree-dir docs/_build/doctrees docs docs/_build/html
	@echo "docs/_build/html/index.html"

screenshots: $(VENV)/.installed-test browser ## make docs/images anew from real pages
	$(BIN)/python docs/make_screenshots.py

constraints: $(VENV)/.installed-test ## pin the newest dependencies that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --upgrade --quiet \
		--custom-compile-command 'make constraints' pyproject.toml -o constraints.txt
	@! grep -nE '://' constraints.txt || { echo 'constraints.txt names an address'; exit 1; }

# hatch_build.py gets the browser's part of the members' page, and checks it by hash, as for whoever else builds.
wheel: $(VENV)/.installed-test ## build dist/studygroup-VERSION-py3-none-any.whl and the sdist, each with all that it needs
	$(BIN)/python -m hatchling build -d dist -t sdist -t wheel

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Whoever names another Python than the environment was made with gets an environment of that one.
ifeq ($(origin PYTHON) $(wildcard $(BIN)/python),command line $(BIN)/python)
ifneq ($(shell $(PYTHON) -V),$(shell $(BIN)/python -V))
OTHER_PYTHON := other-python
endif
endif

other-python:
	@echo "$(VENV) was made with $$($(BIN)/python -V); making it anew with $$($(PYTHON) -V)."
	@rm -rf $(VENV)

# pip compiles to bytecode by itself; our own package is compiled here. Stamps hang on constraints.txt alone, so that a
# changed setting in pyproject.toml installs nothing.
$(VENV)/.installed: constraints.txt $(OTHER_PYTHON)
	@$(MAKE) $(BIN)/python
	@echo "Installing once; this takes about a minute."
	$(BIN)/python -m pip install --compile -c constraints.txt -e .
	@$(BIN)/python -m compileall -q studygroup
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --compile -c constraints.txt -e '.[test,web,hub,docs]'
	@touch $@

$(VENV)/.installed-web: $(VENV)/.installed
	$(BIN)/python -m pip install --compile -c constraints.txt -e '.[web]'
	@touch $@

# Voilà, only to compare with; in an environment of its own, as it adds itself to every Jupyter server of its environment.
$(VENV)/voila/.installed: $(VENV)/.installed
	$(BIN)/python -m venv $(VENV)/voila
	$(VENV)/voila/bin/python -m pip install --quiet -c constraints.txt -e . voila==0.5.13
	@touch $@

# A JupyterHub's own proxy, for the test of a hub; in the version that goes with it.
$(VENV)/.installed-proxy: $(VENV)/.installed | programs
	@! command -v npm >/dev/null || \
		{ { $(NPM_INSTALL) $(VENV)/proxy configurable-http-proxy@5.3.0 || $(NPM_INSTALL) $(VENV)/proxy configurable-http-proxy@5.3.0; } && touch $@; }

# Checks the pages that we make; in the last version that runs on Node 18.
$(VENV)/.installed-html-validate: $(VENV)/.installed | programs
	@! command -v npm >/dev/null || \
		{ { $(NPM_INSTALL) $(VENV)/html-validate html-validate@9.7.1 || $(NPM_INSTALL) $(VENV)/html-validate html-validate@9.7.1; } && touch $@; }

$(VENDORED): studygroup/web/page/vendor.py | $(VENV)/.installed
	$(BIN)/python -m studygroup.web.page.vendor
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }

browser:
	@$(if $(MISSING_BROWSER),$(call apt,$(MISSING_BROWSER)))

programs:
	@$(if $(MISSING),$(call apt,$(MISSING)))
	@$(if $(call have,chromium-headless-shell),,$(LIGHT_BROWSER))
