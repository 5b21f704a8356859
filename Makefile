# SPDX-License-Identifier: MIT
# A thin front to meson: each goal first makes sure that what it needs is installed (tools/need),
# then calls the tool that does the work. `make help` lists the goals.

PREFIX  ?= /usr/local
DESTDIR ?=
ARGS    ?=
# Of `make fuzz`, for each target.
SECONDS ?= 60
SEEDS   ?= 100000
# An interpreter that can import pytest; Debian's package serves Debian's own python3.
PYTHON  ?= $(firstword $(wildcard /usr/bin/python3) python3)

# Warnings are errors where nobody would read them; binutils cannot combine LTO objects of clang.
WERROR  := $(if $(filter true,$(CI)),true,false)
LTO     := $(if $(findstring clang,$(CC)),false,true)
SETUP   := meson setup -Dwerror=$(WERROR)

# The loader finds libraries below /usr/local by its cache alone, which only root can renew.
LDCONFIG = PATH=$$PATH:/sbin; \
    if [ "$$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then ldconfig; fi

.PHONY: all run test asan sim fuzz faults load bench slow lab lint format install clean help

all: build/build.ninja ## build the program and the libraries into build/ (the default)
	@ninja -C build

run: all ## build, then serve "ok" on http://localhost:8081 (ARGS= takes more options)
	build/selkie respond $(ARGS)

test: ## install what is missing, build, and run all tests
	@tools/need build test load
	@if tools/need fuzz; then $(MAKE) --no-print-directory build-fuzz/build.ninja; fi
	@$(MAKE) --no-print-directory build/with-tests
	@ninja -C build
	@SELKIE_BUILD=$(CURDIR)/build $(PYTHON) tools/test

asan: ## the same under AddressSanitizer and UndefinedBehaviorSanitizer, in build-asan/
	@tools/need build test load
	@$(MAKE) --no-print-directory build-asan/build.ninja
	@ninja -C build-asan
	@SELKIE_BUILD=$(CURDIR)/build-asan $(PYTHON) tools/test

fuzz: ## look for inputs that break the parsers, SECONDS=60 for each target (ARGS=head for one)
	@tools/need fuzz
	@$(MAKE) --no-print-directory build-fuzz/build.ninja
	@$(PYTHON) test/fuzz/run.py --seconds $(SECONDS) $(ARGS)

sim: ## play SEEDS=100000 runs of the simulation
	@tools/need build test
	@$(MAKE) --no-print-directory build/with-tests
	@ninja -C build test/sim/sim
	@build/test/sim/sim --jobs 2 --file test/sim/seeds.txt --seeds $(SEEDS)

load: all ## every cell of the load matrix; writes docs/load-matrix.md
	@tools/need load
	@SELKIE_BUILD=$(CURDIR)/build $(PYTHON) test/load/matrix.py --full --write docs/load-matrix.md

faults: ## let all system calls fail, for SECONDS (default 600) under load, in build/
	@tools/need build test
	@$(MAKE) --no-print-directory build/with-tests
	@ninja -C build
	@SELKIE_BUILD=$(CURDIR)/build $(PYTHON) test/faults/run.py $(if $(SECONDS),--seconds $(SECONDS))

bench: all ## measure side by side with bare loops and peers; writes docs/performance.md
	@tools/need bench
	@tools/need counters || echo "make bench: goes without them"
	@SELKIE_BUILD=$(CURDIR)/build $(PYTHON) bench/performance.py $(ARGS)

slow: all ## measure a good client beside slow and greedy ones; writes docs/limits.md
	@tools/need slow
	@SELKIE_BUILD=$(CURDIR)/build $(PYTHON) bench/slow.py $(ARGS)

lab: all ## play the mistakes of docs/why.md and their mended twins; writes its figures and pictures
	@tools/need lab
	@SELKIE_BUILD=$(CURDIR)/build $(PYTHON) lab/run.py $(ARGS)

lint: ## clang-format, clang-tidy, cppcheck, the analyzers of clang and gcc
	@tools/need build lint
	@tools/lint

format: ## format all C files in place
	@tools/need lint
	@tools/lint --format

install: all ## install below $(DESTDIR)$(PREFIX)
	@meson configure build -Dprefix=$(PREFIX)
	@meson install -C build $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))
	@$(if $(DESTDIR),,$(LDCONFIG))

clean: ## remove what was built
	rm -rf build build-asan build-fuzz build-lint build-lint-gcc

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

build/build.ninja:
	@tools/need build
	@$(SETUP) -Db_lto=$(LTO) build

build/with-tests: build/build.ninja
	@meson configure build -Dtests=true
	@touch $@

# The leak checker and the load tools want speed more than exact line numbers: -O1.
build-asan/build.ninja:
	@$(SETUP) -Db_sanitize=address,undefined -Db_lto=false -Db_lundef=false -Doptimization=1 \
	    -Dtests=true build-asan

build-fuzz/build.ninja:
	@CC=clang $(SETUP) -Db_sanitize=address,undefined -Db_lto=false -Db_lundef=false \
	    -Doptimization=2 -Dfuzz=true build-fuzz
