#!/usr/bin/env bash
# Other people's clients against target/debug/chappe, where no packet can leave the machine.
# usage: run.sh [--list] [--jobs N] [--only WORD]...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

"$here/setup.sh"
"$here/../blobs/setup.sh"
# A client that cannot connect goes looking for its own company's servers: inside, nothing but loopback exists.
flags=-rn
[ "$(id -u)" != 0 ] || flags=-n
unshare $flags ip link set lo up 2>/dev/null || {
    echo "client suite: this machine allows no network namespace (unshare $flags), and the clients are not run without one" >&2
    exit 1
}
exec unshare $flags sh -c 'ip link set lo up && exec "$@"' sh "$here/.cache/venv/bin/python" -B "$here/run.py" "$@"
