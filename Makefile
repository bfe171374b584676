# Every target makes its own .venv first. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo run test check bench test-models kill-table screenshots validity wheel-test clean

help:            ## what can be made
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / - /'

setup: $(STAMP)  ## .venv with everything installed

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "voiceprep needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP)   ## a whole spoken interview, no hardware: real synthesis, real recognition
	$(BIN)/voiceprep demo --fast --out demo-session

run: $(STAMP)    ## the screen
	$(BIN)/voiceprep

# The tests that wait for sound cards and clocks most of the time; all others run beside them, their lines come last.
WAITING = tests/audio tests/engines tests/faults tests/flows/test_terminal.py tests/flows/test_pressure_walk.py \
	tests/flows/test_pressure.py tests/flows/test_pty.py tests/flows/test_wheel.py
test: $(STAMP)   ## the tests; what a machine lacks is skipped with a sentence (VOICEPREP_REQUIRE makes it fail)
	@log=$$(mktemp); nice $(BIN)/python -m pytest -p no:cacheprovider $(addprefix --ignore=,$(WAITING)) >"$$log" 2>&1 & \
	beside=$$!; trap 'kill $$beside; cat "$$log"; rm -f "$$log"; exit 130' INT TERM; failed=0; \
	$(BIN)/python -m pytest $(WAITING) || failed=1; \
	wait $$beside || failed=1; cat "$$log"; rm -f "$$log"; exit $$failed

check: $(STAMP)  ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check voiceprep tests
	$(BIN)/ruff check voiceprep tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

wheel-test: $(STAMP)  ## the wheel in an empty environment outside the checkout, from the index, then the demo
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	$(BIN)/python -m build --wheel --no-isolation --outdir "$$tmp/dist" . >/dev/null; \
	$(PYTHON) -m venv "$$tmp/env"; cp constraints.txt "$$tmp"; cd "$$tmp"; \
	env/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt dist/*.whl; \
	offline=; if unshare -n true 2>/dev/null; then offline='unshare -n'; fi; \
	HOME="$$tmp/home" $$offline env/bin/voiceprep demo --fast --out "$$tmp/out"

bench: $(STAMP)  ## ours beside peers, into BENCHMARKS.md (REALTIMESTT=ENV/bin/python adds that one); key to paint while recognition runs; the recogniser's errors on free voices; the matcher's time; the bank's; lists of 10,000 sessions; delivery beside a known truth
	$(BIN)/python -m tests.bench.peers $(if $(REALTIMESTT),--realtimestt $(REALTIMESTT))
	$(BIN)/python -m tests.bench.answering
	$(BIN)/python -m tests.bench.soak
	$(BIN)/python -m tests.bench.live_cost
	$(BIN)/python -m tests.bench.turn_end hinted
	$(BIN)/python -m tests.bench.screen
	$(BIN)/python -m tests.bench.cut_off
	$(BIN)/python -m tests.bench.recogniser
	$(BIN)/python -m tests.bench.matcher
	$(BIN)/python -m tests.bench.bank
	$(BIN)/python -m tests.bench.sessions
	$(BIN)/python -m tests.bench.delivery check

validity: $(STAMP)  ## how often the matcher is right, beside the floors: development and check answers
	$(BIN)/python -m tests.bench.validity dev
	$(BIN)/python -m tests.bench.validity check
	$(BIN)/python -m tests.bench.recall

screenshots: $(STAMP)  ## pictures of every screen, of a session recorded in that run, into build/screenshots
	$(BIN)/python -m tests.kit.screenshots build/screenshots

kill-table: $(STAMP)  ## 300 sessions killed, recovered and compared sample by sample; then the power cut, where root can
	$(BIN)/python -m tests.faults.kill_table --kills 300
	$(BIN)/python -m tests.faults.power_cut --cuts 20 || [ $$? = 3 ]

test-models: $(STAMP)  ## one page about the real Whisper and Piper models on this machine, and the tests that need them
	$(BIN)/python -m tests.bench.models || [ $$? = 3 ]
	VOICEPREP_WITH_MODELS=1 $(BIN)/python -m pytest -m models

clean:           ## removes .venv and what was built
	rm -rf $(VENV) dist build demo-session *.egg-info
