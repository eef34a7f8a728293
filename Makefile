# Needs make and any python3; tools/uv brings the rest. A chore is a target of one or two lines.
.DEFAULT_GOAL := help
.PHONY: help run demo test test-scrapy test-newest provision check format docs reference recipes bench bench-crawler bench-curves bench-balanced bench-reload bench-hostile bench-soak bench-cost bench-flame bench-detector bench-benign bench-text bench-video bench-registry bench-state bench-tls bench-vault bench-ledger bench-queue bench-triage bench-durability screenshots evasion faults fuzz audit sbom lock build clean
UV := tools/uv

help: ## list the chores
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' Makefile

run: ## start the gateway; ARGS="--listen 0.0.0.0:8080" is passed on
	@$(UV) run --quiet --locked --no-dev facegate serve $(ARGS)

demo: ## the whole story on this machine, then the console; ARGS="--once" is passed on
	@$(UV) run --quiet --locked --no-dev --extra demo facegate demo $(ARGS)

test: ## install what the tests need, lint, run every test; ARGS="tests/live -x" is passed on
	@$(MAKE) --no-print-directory -j2 provision check
	$(UV) run --locked pytest -n auto --dist loadfile $(ARGS)

provision:
	@tools/provision

test-scrapy: ## scrapy-facegate with the oldest Scrapy that it takes; ARGS="'2.15.*' -x" is passed on
	@tools/oldest-scrapy $(ARGS)

test-newest: ## what stands on mitmproxy's insides with its newest release; ARGS="'12.3.*' -x" is passed on
	@tools/newest-mitmproxy $(ARGS)

check: ## lint: ruff, mypy, import-linter
	$(UV) sync --quiet --locked
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

format: ## let ruff write what it can
	$(UV) run --quiet --locked ruff check --fix . && .venv/bin/ruff format .

docs: ## the documentation as a web site, into build/site/html; a link that leads nowhere is an error
	@$(UV) run --quiet --locked python tools/site.py build/site

reference: ## docs/reference/commands.md, from the commands themselves
	@$(UV) run --quiet --locked python tools/reference.py

bench: ## requests per second and latency beside mitmdump and the glue; ARGS="--yunet FILE.onnx --out docs" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate $(ARGS)

bench-curves: ## rates and latency over connections, page size, jobs and processes; ARGS="--out docs" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate.curves $(ARGS)

bench-balanced: ## two gateways against one behind HAProxy; ARGS="--out docs" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate.balanced $(ARGS)

bench-reload: ## requests that reloads lose, their time and memory; ARGS="--reloads 10 --workers 3" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate.reloads $(ARGS)

bench-hostile: ## what hostile origins, clients and overload come to, and cost others; ARGS="--only PDF --out docs" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.hostile $(ARGS)

bench-soak: ## memory, descriptors and latency under mixed load; ARGS="--minutes 30 --rate 20 --out docs" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate.soak $(ARGS)

bench-cost: ## what 1,000 and 100,000 pictures a second take; ARGS="--set core_hour=0.05 --out docs" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate.cost $(ARGS)

bench-flame: ## flame graphs of a gateway process under load, into docs/images; ARGS="--name before" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.gate.flame $(ARGS)

bench-detector: ## recall and speed of the detector beside others; ARGS="--corpus DIR --out DIR" is passed on
	@$(UV) run --quiet --locked --group bench python -m benchmarks.detector $(ARGS)

bench-benign: ## what is withheld of ordinary files, and the time it takes; ARGS="--list --jobs 2" is passed on
	@$(UV) run --quiet --locked python -m benchmarks.benign $(ARGS)

bench-text: ## megabytes of text looked at per second; ARGS="FOLDER --list" is passed on
	@$(UV) run --quiet --locked python benchmarks/text.py $(ARGS)

bench-video: ## how many times faster than it plays video is looked at; ARGS="--clips DIR" is passed on
	@$(UV) run --quiet --locked python benchmarks/video.py $(ARGS)

bench-registry: ## time to decide about a job among a million; ARGS="--json out.json" is passed on
	@$(UV) run --quiet --locked python benchmarks/registry.py $(ARGS)

bench-state: ## what a write costs alone, shared by Redis, and with two nodes; ARGS="--writes 2000" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python benchmarks/state.py $(ARGS)

bench-tls: ## TLS handshakes with clients, as mitmproxy makes them and as the gateway does; ARGS="--json" is passed on
	@$(UV) run --quiet --locked python benchmarks/tls.py $(ARGS)

bench-vault: ## bodies put, read and removed in files and on an S3 server; ARGS="--bodies 1000 --size 9000000" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python benchmarks/vault.py $(ARGS)

bench-ledger: ## time to verify a million lines, and what is found in them; ARGS="--json out.json" is passed on
	@$(UV) run --quiet --locked python benchmarks/ledger.py $(ARGS)

bench-queue: ## time to list and search a million records; ARGS="--json out.json" is passed on
	@$(UV) run --quiet --locked python benchmarks/quarantine.py $(ARGS)

bench-crawler: ## what img2dataset keeps of a labelled folder through the gateway; ARGS="--corpus DIR --urls 500" is passed on
	@$(UV) run --quiet --locked python benchmarks/img2dataset.py $(ARGS)

recipes: ## every recipe of docs/recipes.md with its client installed for it; ARGS="yt-dlp.sh" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python tools/recipes.py $(ARGS)

bench-durability: ## what is lost to kill -9, full disks, Redis or S3 storage that goes away; ARGS="--kills 20" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python benchmarks/durability.py $(ARGS)

bench-triage: ## seconds a record of the queue takes by keyboard, in Chromium; ARGS="--records 50" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python benchmarks/triage.py $(ARGS)

screenshots: ## docs/images: the console as Chromium shows it; ARGS="--only queue" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python -m browser.screenshots $(ARGS)

evasion: ## every way past the inspection, tried; ARGS="--json out.json --without matrix" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python -m evasion.run $(ARGS)

fuzz: ## damaged files, frames and bytes of the wire; ARGS="--minutes 5 --target pdf" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python -m fuzz.run $(ARGS)

faults: ## faults at every call site of a running gateway; ARGS="--only vault --kinds hang,kill" is passed on
	@PYTHONPATH=tests $(UV) run --quiet --locked python -m faults.run $(ARGS)

audit: ## known vulnerabilities of what uv.lock has; ARGS="--vulnerability-service osv" is passed on
	@tools/audit $(ARGS)

sbom: ## what a release is made of (CycloneDX), into build/
	@mkdir -p build
	$(UV) export --quiet --locked --no-dev --all-extras --preview-features sbom-export --format cyclonedx1.5 --output-file build/facegate.cdx.json

lock: ## bring uv.lock up to date with pyproject.toml
	$(UV) lock

build: ## wheels and sdists of both distributions, into dist/
	$(UV) build --all-packages

clean: ## forget everything that can be made again
	rm -rf .venv .tools dist build .*_cache .hypothesis
