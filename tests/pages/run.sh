#!/usr/bin/env bash
# The public pages of target/debug/chappe before validators that others wrote, where no packet can leave the machine.
# usage: run.sh [--shots FOLDER]   with a folder, headless Chromium (Debian: apt install chromium) draws them, too
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

"$here/setup.sh"
flags=-rn
[ "$(id -u)" != 0 ] || flags=-n
exec unshare $flags sh -c 'ip link set lo up && exec "$@"' sh \
    "$here/../clients/.cache/venv/bin/python" -B "$here/judge.py" "$@"
