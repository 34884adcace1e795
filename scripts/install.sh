#!/bin/sh
# Creates .venv where there is none and installs the course into it.
#
#   sh scripts/install.sh REQUIREMENT STAMP       called by make, e.g.  sh scripts/install.sh . .venv/installed
#
# STAMP is a file that is written when all went well. Whatever is missing is said in one line, with what to do.
# The versions are those that the course was tested with, in constraints.txt; NEWEST=1 takes the newest instead.
set -u

requirement=$1
stamp=$2
log=.venv/install.log
needed_mb=${LLMCOURSE_NEEDED_MB:-2500} # the CPU build of PyTorch and everything else, and some room

fail() {
    printf '%s\n' "llmcourse: $*" >&2
    exit 1
}

new_enough() { # is "$1" a Python that runs the course?
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

version() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

find_python() { # prints the Python to make .venv from
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer; name one that is, as in: make lab PYTHON=python3.12"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    if command -v python3 >/dev/null 2>&1; then
        fail "the course needs Python 3.11 or newer and python3 is $(version python3); install a newer one, then: make lab PYTHON=/path/to/python3"
    fi
    fail "the course needs Python 3.11 or newer and there is no python3; install it (Debian, Ubuntu: sudo apt install python3 python3-venv)"
}

make_environment() {
    # `find_python` runs in a subshell: its failure has to be passed on.
    python=$(find_python) || exit 1
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        fail "$python cannot create environments, its venv module is missing; Debian and Ubuntu: sudo apt install python$(version "$python")-venv"
    fi
    # df's fourth column of its second line: free kilobytes, the same on Linux and macOS.
    free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    if [ "${free_mb:-$needed_mb}" -lt "$needed_mb" ]; then
        fail "the course needs $needed_mb MB and this disk has $free_mb MB left; make room, then run the same command again"
    fi
    [ -w . ] || fail "this folder cannot be written to: $(pwd); copy the course to one of your own"
    echo "creating .venv with $python ($(version "$python"))"
    "$python" -m venv --clear .venv || fail "$python -m venv .venv failed, see above"
}

explain() { # says what pip stumbled over; the last line of pip's own that looks like a cause decides
    if grep -q 'No space left on device' "$log"; then
        fail "the disk is full; make room (the course needs $needed_mb MB, a CUDA build of PyTorch 7000), then run the same command again"
    elif grep -qE 'NameResolutionError|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Network is unreachable|name resolution' "$log"; then
        fail "no network: pip could not reach its package index; connect and run the same command again (only this first time needs a network)"
    elif grep -q 'SSLError' "$log"; then
        fail "pip does not trust the certificate of its package index; ask for your network's certificate and set PIP_CERT to it"
    elif grep -q 'No matching distribution found for torch' "$log"; then
        fail "there is no PyTorch 2.9 to 2.13 for this Python ($(version .venv/bin/python)); take another: make clean, then make lab PYTHON=python3.12"
    elif grep -q 'Permission denied' "$log"; then
        fail "pip may not write to $(pwd)/.venv; was it made by another user? remove it and run the same command again"
    fi
    fail "pip failed, see above; its full log is $log"
}

if ! new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    make_environment
fi

echo "installing the course into .venv (the first time: some 400 MB with the CPU build of PyTorch, a minute or two)"
quiet=-q
[ -t 1 ] && quiet=
tested=
[ -n "${NEWEST:-}" ] || [ ! -f constraints.txt ] || tested='-c constraints.txt'

install() {
    rm -f "$log"
    # PIP_ARGS and $tested hold several words, $quiet perhaps none.
    # shellcheck disable=SC2086
    .venv/bin/python -m pip install $quiet --disable-pip-version-check --log "$log" ${PIP_ARGS:-} $tested -e "$requirement"
}

if ! install; then
    # A newer Python, or an index that has not all releases: what was tested cannot be had, something newer perhaps can.
    [ -n "$tested" ] && grep -qE 'No matching distribution found|ResolutionImpossible|Failed to build' "$log" || explain
    echo "not all of the tested versions can be had for this Python ($(version .venv/bin/python)); trying the newest ones"
    tested=
    install || explain
fi

rm -f "$log"
pwd -P >.venv/folder
# What the tests need holds all that the course needs: the one stamp stands for both.
[ "$stamp" = .venv/installed ] || touch .venv/installed
touch "$stamp"
