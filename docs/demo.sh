#!/usr/bin/env bash
# A small repository whose build fails in three files of two languages; teamfix mends it on a branch. What you see is what the
# compilers, teamfix and git print: nothing here is canned.
set -euo pipefail
teamfix="${1:?usage: demo.sh TEAMFIX}"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$*"; }

folder="$(mktemp -d "${TMPDIR:-/tmp}/teamfix-demo.XXXXXX")"
trap 'rm -rf "$folder"' EXIT
export XDG_STATE_HOME="$folder/state" XDG_CONFIG_HOME="$folder/config" XDG_CACHE_HOME="$folder/cache"
repository="$folder/inventory"
mkdir -p "$repository/src" "$repository/tools"
cd "$repository"

cat >Makefile <<'MAKE'
CFLAGS = -std=c11 -Wall -Werror=implicit-function-declaration

all: inventory report

inventory: src/main.o src/stock.o
	$(CC) $(CFLAGS) -o $@ $^

report: tools/report.py
	python3 tools/report.py --self-test

clean:
	rm -f inventory src/*.o

.PHONY: all report clean
MAKE
printf 'inventory\n*.o\n__pycache__/\n' >.gitignore
cat >src/stock.h <<'C'
#ifndef STOCK_H
#define STOCK_H

struct item {
    const char *name;
    int count;
};

int total(const struct item *items, int length);

#endif
C
cat >src/stock.c <<'C'
#include "stock.h"

int total(const struct item *items, int length)
{
    int sum = 0;
    for (int i = 0; i < length; i++)
        sum += items[i].count
    return sum;
}
C
cat >src/main.c <<'C'
#include "stock.h"

int main(void)
{
    struct item items[] = {{"bolt", 12}, {"nut", 30}};
    printf("%d pieces\n", total(items, 2));
    return 0;
}
C
cat >tools/report.py <<'PYTHON'
import sys


def report(items):
    lines = []
    for name, count in sorted(items.items())
        lines.append(f"{name:<10}{count:>6}")
    return "\n".join(lines)


def self_test():
    text = report({"nut": 30, "bolt": 12})
    assert text.splitlines()[0] == "bolt          12", text


if __name__ == "__main__":
    if "--self-test" in sys.argv:
        self_test()
PYTHON

git init -q -b main
git config user.name "Demo" && git config user.email "demo@example.org"
git add -A
git commit -q -m "An inventory, not quite right"

say "The build fails"
make --keep-going 2>&1 | sed 's/^/    /' || true
make clean >/dev/null
git status --short

say "teamfix fix --build 'make --keep-going'"
options=()
# Models are asked when a server answers; without one the built-in engine works alone.
if [ -z "${OLLAMA_HOST:-}" ]; then
    if curl -fsS -m 2 http://127.0.0.1:11434/api/version >/dev/null 2>&1; then
        export OLLAMA_HOST=127.0.0.1:11434
    else
        options+=(--offline)
    fi
fi
if [ ${#options[@]} = 0 ]; then
    echo "    (asking the model servers, too: $OLLAMA_HOST)"
else
    echo "    (no model server answers here: the built-in engine works alone)"
fi
if ! "$teamfix" fix "${options[@]+"${options[@]}"}" --build "make --keep-going"; then
    echo "teamfix wrote no verified branch" >&2
    exit 1
fi

branch="$(git for-each-ref --sort=-committerdate --format='%(refname:short)' 'refs/heads/teamfix/' | head -n 1)"
if [ -z "$branch" ]; then
    echo "no branch was written" >&2
    exit 1
fi

say "The branch $branch"
git --no-pager log --oneline "main..$branch"
git --no-pager diff --stat "main" "$branch"
git --no-pager diff "main" "$branch"

say "The statistics, as the last commit carries them"
git --no-pager log -1 --format=%B "$branch"

say "Its build passes, and nothing of yours was touched"
if [ -n "$(git status --porcelain)" ]; then
    echo "the work tree has changed" >&2
    exit 1
fi
git worktree add -q "$folder/check" "$branch"
make --no-print-directory -C "$folder/check" 2>&1 | sed 's/^/    /'
"$folder/check/inventory" | sed 's/^/    $ .\/inventory: /'
git worktree remove --force "$folder/check"
