#!/usr/bin/env bash
# Fetches the pinned S3 server into .cache; where it is there already it only looks.
set -euo pipefail
cd "$(dirname "$0")"

missing() { echo "blobs: $1 is missing: $2" >&2; exit 1; }
command -v python3 >/dev/null || missing python3 "apt install python3 python3-venv"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing python3-venv "apt install python3-venv"
pins=$(cat requirements.txt setup.sh; python3 -V)
[ "$(cat .cache/pins 2>/dev/null)" != "$pins" ] || exit 0

echo "blobs: fetching the pinned S3 server (once)"
mkdir -p .cache
[ -x .cache/venv/bin/python ] || python3 -m venv .cache/venv
.cache/venv/bin/pip --quiet --disable-pip-version-check install --no-deps --requirement requirements.txt
echo "$pins" > .cache/pins
