#!/bin/sh
# Makes .venv from a hashed lock file, once and again when the lock changes: sh config/local/bootstrap.sh LOCK
# Says in one sentence what is missing and the line to type.
set -eu
lock=$1
stamp=.venv/.installed

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
        if is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no Python")
    fail "MiTalk needs Python 3.11 or newer and found $found. Type: sudo apt-get install python3.11 python3.11-venv"
}

checksum() {
    cksum <"$lock"
}

if [ -x .venv/bin/python ] && is_new_enough .venv/bin/python; then
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock $(checksum)" ]; then
        exit 0
    fi
    # The test lock holds everything of the other: no need to go back and forth.
    if [ "$lock" = requirements.lock ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "requirements-test.lock $(cksum <requirements-test.lock)" ]; then
        exit 0
    fi
else
    rm -rf .venv
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        fail "MiTalk needs Python's venv module, which this Python lacks. Type: sudo apt-get install $(basename "$python")-venv"
    "$python" -m venv .venv || fail "The folder .venv could not be made here. Check that you may write in this folder and that the disk has room: df -h ."
fi

need_compiler() {
    command -v cc >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev >/dev/null && return
    fi
    fail "Measuring speech (PESQ) needs a C compiler. Type: sudo apt-get install -y gcc libc6-dev"
}

if grep -q '^pesq==' "$lock"; then
    need_compiler
fi
printf 'Installing the packages of %s into .venv (a minute or two, once)…\n' "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock" ||
    fail "The packages could not be installed; the reason is above. When it is mended, type the same line again."
printf '%s %s' "$lock" "$(checksum)" >"$stamp"
