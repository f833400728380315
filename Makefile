# One word for each thing people do here; every word brings its own toolchain.

# Which runtime serves `make run`: deno or bun. One is enough; the other is not fetched.
RUNTIME ?= deno
# How long the simulations of `make soak` run.
SECONDS ?= 60
# What is passed on: make run ARGS="--port 9000"
ARGS ?=

START_deno = deno run --quiet --no-prompt -P main.ts
START_bun = bun --no-env-file main.ts
INSTALL_deno = deno install --quiet --frozen
INSTALL_bun = bun install --silent --frozen-lockfile

ifeq ($(filter deno bun,$(RUNTIME)),)
$(error RUNTIME must be deno or bun: it is "$(RUNTIME)")
endif

.PHONY: help run test soak toolchain check build build-deno build-bun bench fmt lock clean

help: ## print this list (the default)
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: node_modules ## start the server from source: make run ARGS="--port 9000" RUNTIME=bun
	@exec tools/with $(RUNTIME) -- $(START_$(RUNTIME)) $(ARGS)

test: node_modules ## every check, then every test on both runtimes, against a fresh executable
	@tools/with deno bun -- deno run -A tests/all.ts

soak: node_modules ## a conversation cut at every byte, then simulations of new seeds: make soak SECONDS=600
	@tools/with deno -- deno run -A tests/simulation/soak.ts $(SECONDS)

toolchain: ## fetch what is missing of Deno and Bun, and the dependencies
	@tools/with deno bun -- true
	@$(MAKE) --silent node_modules

check: node_modules ## format, lint and types only
	@tools/with deno -- deno run -A tests/all.ts check

build: node_modules ## dist/tcp-server, one executable: with Deno, or with Bun where that cannot be
	@tools/build

build-deno: node_modules ## the same, with Deno or not at all
	@tools/build deno

build-bun: RUNTIME = bun
build-bun: node_modules ## the same, with Bun
	@tools/build bun

bench: build-bun ## what the project claims about speed, in one table: make bench ARGS="--only echo"
	@with=; if tools/with deno -- true; then with="tools/with deno --"; fi; exec $$with python3 bench/run.py $(ARGS)

fmt: ## format everything
	@tools/with deno -- deno fmt --quiet

lock: ## write both lock files anew after dependencies changed in package.json
	@tools/with deno bun -- sh -c 'deno install && bun install'

clean: ## remove what was built and fetched
	rm -rf coverage dist node_modules .toolchain

# Either runtime's node_modules serves both. The touch says "as new as the lock files": an install may change nothing.
node_modules: bun.lock deno.lock
	@tools/with $(RUNTIME) -- $(INSTALL_$(RUNTIME))
	@touch node_modules
