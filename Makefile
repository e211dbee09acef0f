# make run    serve on 127.0.0.1:$(PORT)          make test   the whole test suite
# make check  style, types, import arrows         make lock   renew the locks
# make messages   the texts of the service into the catalogues of the translators
# make docs   docs/rules from the knowledge, docs/conformance.md from a run against this service, the settings in docs/operations.md
# make assets the scripts of others in the pages, from the npm registry by cds/web/package-lock.json (needs npm)
# make image  the container image, with the first of Docker, Podman and Buildah that can build (ENGINE, BASE_IMAGE, TAG: docker/build.sh)
# make image-check   build it with Buildah, start it, look into it; as root (docker/check.sh)
# make bench  the service beside a bare Starlette and HealthChain; needs wrk (Debian), writes bench/results.md
# make fuzz   changed requests and spoilt records until FUZZ_SECONDS (300) are over
# Needs Python >= 3.11 with pip and venv; everything else comes from the locks, with hashes.

PYTHON ?= python3
PORT ?= 8080
VENV ?= .venv
FUZZ_SECONDS ?= 300
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run bench test fuzz check messages docs assets image image-check lock clean
.DELETE_ON_ERROR:

run: $(VENV)/.runtime
	@PORT=$(PORT) $(BIN)/baclofen-cds serve

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(TESTS)

fuzz: $(VENV)/.dev
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m tests.fuzz

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench $(VENV)-peers/.peers
	$(BIN)/python -m bench.run --healthchain $(VENV)-peers/bin/python

messages: $(VENV)/.dev
	$(BIN)/python -m cds.language.extraction

docs: $(VENV)/.runtime
	$(BIN)/baclofen-cds rules --markdown docs/rules
	$(BIN)/baclofen-cds conformance --request fhir_fixtures/conformance/order-sign.json --markdown docs/conformance.md
	$(BIN)/baclofen-cds settings --markdown docs/operations.md

image:
	@ENGINE="$(ENGINE)" BASE_IMAGE="$(BASE_IMAGE)" TAG="$(TAG)" SOURCE="$(SOURCE)" docker/build.sh

image-check:
	@BASE_IMAGE="$(BASE_IMAGE)" docker/check.sh

assets:
	cd cds/web && npm ci --ignore-scripts --no-audit --no-fund
	cp cds/web/node_modules/chart.js/dist/chart.umd.js cds/web/assets/vendor/chart.umd.js
	cp cds/web/node_modules/chart.js/LICENSE.md cds/web/assets/vendor/chart.LICENSE.md
	cp cds/web/node_modules/@kurkle/color/LICENSE.md cds/web/assets/vendor/color.LICENSE.md
	cd cds/web/assets/vendor && sha256sum chart.umd.js > chart.umd.js.sha256
	rm -rf cds/web/node_modules

lock:
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --extra build pyproject.toml --output-file requirements.lock
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --extra build --extra dev --constraints requirements.lock \
		pyproject.toml --output-file requirements-dev.lock
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" docker/sbom.in --output-file docker/sbom.lock
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --extra bench --constraints requirements-dev.lock \
		pyproject.toml --output-file bench/bench.lock
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" bench/peers.in --output-file bench/peers.lock
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock $(VENV)-peers .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find cds tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name another one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Stamps: an installation is repeated when its lock or the project file changed.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.bench: bench/bench.lock $(VENV)/.dev
	$(PIP) install --require-hashes -r bench/bench.lock
	@touch $@

$(VENV)-peers/.peers: bench/peers.lock
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r bench/peers.lock
	@touch $@
