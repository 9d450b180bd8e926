# teamfix. `make` alone builds; `make demo` shows it at work; `make test` is what has to pass.
SHELL := /bin/bash
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: build release test lint format generate deps demo install uninstall bench-orchestration

build: deps
	$(SWIFT) build --build-tests

release: deps
	$(SWIFT) build -c release --static-swift-stdlib --product teamfix

# The tests come last, so that their summary stays in sight. Those of the built program measure time: they run by themselves.
test: deps lint
	$(SWIFT) build --build-tests
	SWIFT="$(SWIFT)" WIDTH=3 Tests/run --skip EndToEndTests
	SWIFT="$(SWIFT)" Tests/run --filter EndToEndTests

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

# Completions, manual pages and docs/cli-reference.md, from the commands' own descriptions.
generate: build
	rm -rf completions man && "$$($(SWIFT) build --show-bin-path)/teamfix" generate-texts .

# What Swift can't fetch by itself: libgit2, SQLite and pkg-config.
deps:
	@if command -v pkg-config >/dev/null && pkg-config --exists libgit2 && \
		{ [ "$$(uname)" = Darwin ] || pkg-config --exists sqlite3; }; then exit 0; fi; \
	if [ "$$(uname)" = Darwin ]; then \
		line='brew install libgit2 pkgconf'; \
		if command -v brew >/dev/null; then exec $$line; fi; \
	else \
		install='apt-get install -y --no-install-recommends libgit2-dev libsqlite3-dev pkg-config'; \
		line="sudo apt-get update && sudo $$install"; \
		if command -v apt-get >/dev/null; then \
			if [ "$$(id -u)" = 0 ]; then apt-get update && exec $$install; fi; \
			if sudo -n true 2>/dev/null; then sudo -n apt-get update && exec sudo -n $$install; fi; \
		else \
			line='install the development files of libgit2 (1.5 or newer) and sqlite3, and pkg-config'; \
		fi; \
	fi; \
	printf 'teamfix needs libgit2, SQLite and pkg-config to build. Please run:\n  %s\n' "$$line" >&2; exit 1

# Schedulers side by side: on a virtual clock (SEEDS of each shape), then over HTTP against simulated servers.
SEEDS ?= 200
bench-orchestration: build release
	TEAMFIX_GRID=$(SEEDS) $(SWIFT) test --skip-build --filter GridTests
	python3 Benchmarks/orchestration/run.py \
		"$$($(SWIFT) build -c release --static-swift-stdlib --show-bin-path)/teamfix"

demo: build
	@bash docs/demo.sh "$$($(SWIFT) build --show-bin-path)/teamfix"

install: release
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions" \
		"$(DESTDIR)$(PREFIX)/share/zsh/site-functions" "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -s -m 755 "$$($(SWIFT) build -c release --static-swift-stdlib --show-bin-path)/teamfix" "$(DESTDIR)$(PREFIX)/bin/teamfix"
	install -m 644 man/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1/"
	install -m 644 completions/teamfix.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/teamfix"
	install -m 644 completions/_teamfix "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_teamfix"
	install -m 644 completions/teamfix.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/teamfix.fish"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/teamfix" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/teamfix" \
		"$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_teamfix" \
		"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/teamfix.fish"
	for page in man/*.1; do rm -f "$(DESTDIR)$(PREFIX)/share/man/man1/$$(basename "$$page")"; done
