#!/bin/sh
# Make the virtual environment if needed and install the pinned, hashed requirements into it.
#   requirements/install.sh VENV base|dev
# PYTHON names the interpreter to build with; otherwise the newest supported one on PATH.
set -eu

venv=$1
file=requirements/$2.txt

say() { printf 'setup  | %s\n' "$*"; }
fail() { printf 'setup  | %s\n' "$@" >&2; exit 1; }

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        "$PYTHON" -c "$new_enough" 2>/dev/null ||
            fail "PYTHON=$PYTHON does not run or is older than Python 3.11."
        echo "$PYTHON"
        return
    fi
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c "$new_enough" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and none is on PATH." \
        "Install one (Debian: apt install python3 python3-venv) or set PYTHON to its path."
}

if ! "$venv/bin/python" -c "$new_enough" >/dev/null 2>&1; then
    python=$(find_python)
    say "making $venv with $("$python" --version)"
    if ! problem=$("$python" -m venv --clear "$venv" 2>&1); then
        rm -rf "$venv"
        case $problem in
            *ensurepip*) fail "This Python cannot make virtual environments." \
                "Debian and Ubuntu keep that part apart: apt install python3-venv" ;;
        esac
        fail "The virtual environment could not be made:" "$problem"
    fi
fi
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$venv/bin/python" -m ensurepip >/dev/null 2>&1 ||
        fail "$venv has no pip. Debian and Ubuntu: apt install python3-venv; then: make clean"
fi

say "installing $file"
log=$venv/install.log
if ! "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --require-hashes -r "$file" >"$log" 2>&1; then
    # Addresses of package sources are this machine's affair and may hold credentials.
    tail -n 20 "$log" | sed -e 's#[a-z]*://[^ ]*#(address)#g' -e "s#host='[^']*'#host=(address)#g" >&2
    fail "The requirements could not be installed; the whole output is in $log"
fi
touch "$venv/.installed-base"
[ "$2" = base ] || touch "$venv/.installed-$2"
