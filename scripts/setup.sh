#!/bin/sh
# Makes .venv from the lock files and builds the front end; does nothing when both are up to date.
#   --dev      also the tools of the gate (tests, lint, types)
#   --browser  also a Chromium and a Chinese font for the browser tests, or says what to install
set -eu
cd "$(dirname "$0")/.."

lock=requirements.lock
browser=no
for word in "$@"; do
    case "$word" in
        --dev) lock=requirements-dev.lock ;;
        --browser) browser=yes ;;
        *) echo "unknown option: $word" >&2; exit 2 ;;
    esac
done

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
digest() { cat "$@" | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d' ' -f1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
apt_can() { [ "$(id -u)" = 0 ] && have apt-get; }
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
        apt-get update >/dev/null 2>&1 || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null
    }
}

# --- Python -------------------------------------------------------------------------------------------------------
find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if have "$name" && new_enough "$name"; then command -v "$name"; return; fi
    done
    return 1
}

make_environment() {
    python=$(find_python || true)
    if have uv; then
        uv venv --quiet --no-config --python "${python:-3.12}" .venv && return
    fi
    [ -n "$python" ] || fail "需要 Python 3.11 或更新版本（Debian：apt install python3.11 python3.11-venv），或先安装 uv。"
    "$python" -m venv .venv 2>/dev/null && return
    rm -rf .venv
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if apt_can; then
        say "安装 python$version-venv ……"
        apt_get "python$version-venv" && "$python" -m venv .venv && return
    fi
    fail "不能建立 Python 环境：请安装 venv 模块（Debian：apt install python$version-venv），或先安装 uv。"
}

install_locked() {
    if have uv; then
        uv pip install --quiet --no-config --python .venv/bin/python --require-hashes --no-deps -r "$1"
    else
        .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r "$1"
    fi
}

install_project() {
    if have uv; then
        uv pip install --quiet --no-config --python .venv/bin/python --no-deps --no-build-isolation --editable .
    else
        .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
    fi
}

# A moved or half-made environment is made again.
if ! { [ -x .venv/bin/python ] && [ -f .venv/kuangdeng.home ] && [ "$(cat .venv/kuangdeng.home)" = "$PWD" ] &&
       new_enough .venv/bin/python; }; then
    rm -rf .venv
    say "建立 Python 环境 .venv ……"
    make_environment
    printf '%s\n' "$PWD" > .venv/kuangdeng.home
fi

# The dev lock contains the whole of the other one: with it in place nothing is missing.
wanted=$(digest "$lock" pyproject.toml)
stamp=".venv/kuangdeng.$lock"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    say "安装依赖（$lock，只需一次）……"
    install_locked "$lock"
    install_project
    printf '%s\n' "$wanted" > "$stamp"
    if [ "$lock" = requirements-dev.lock ]; then
        digest requirements.lock pyproject.toml > .venv/kuangdeng.requirements.lock
    fi
fi

# --- translations and front end -------------------------------------------------------------------------------------
.venv/bin/python scripts/messages.py compile
scripts/frontend.sh build

# --- browser and font for the tests -------------------------------------------------------------------------------
if [ "$browser" = yes ]; then
    missing=""
    have chromium || have chromium-browser || have google-chrome || have google-chrome-stable ||
        [ -n "${KUANGDENG_CHROMIUM:-}" ] || missing="chromium"
    { have fc-list && [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; } || missing="$missing fonts-noto-cjk fontconfig"
    # WeasyPrint draws with the system's Pango.
    .venv/bin/python -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("pango-1.0"))' ||
        missing="$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    if [ -n "$missing" ]; then
        if apt_can; then
            say "安装测试所需的系统软件：$missing ……"
            # shellcheck disable=SC2086
            apt_get $missing || fail "安装失败。请手动安装：$missing"
        else
            fail "测试需要浏览器和中文字体，请先用管理员权限安装：apt install$missing
（其他系统请安装 Chromium 和任一中文字体；也可用 KUANGDENG_CHROMIUM 指定浏览器程序。）"
        fi
    fi
fi
