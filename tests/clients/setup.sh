#!/usr/bin/env bash
# Prepares the clients in .cache; does nothing where they are there already.
set -euo pipefail
cd "$(dirname "$0")"

need() { command -v "$1" >/dev/null || { echo "the client suite needs $1: $2" >&2; exit 1; }; }
need python3 "install python3 (3.11) and python3-venv"
need node "install Node.js 20"
need npm "install npm"
if ! command -v ip >/dev/null; then
    [ "$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq iproute2 >/dev/null
    need ip "install iproute2"
fi

mkdir -p .cache
stamp=$(cat requirements.txt package.json package-lock.json setup.sh swap_key.py | sha256sum)
[ "$(cat .cache/stamp 2>/dev/null)" = "$stamp" ] && exit 0

echo "preparing clients (once)"
[ -x .cache/venv/bin/python ] || python3 -m venv .cache/venv
.cache/venv/bin/pip install --quiet --requirement requirements.txt
for version in 1.8.66 1.8.68; do
    rm -rf ".cache/tdjson-$version"
    .cache/venv/bin/pip install --quiet --no-deps --target ".cache/tdjson-$version" "tdjson==$version"
done
cp package.json package-lock.json .npmrc .cache/
(cd .cache && npm ci --silent --no-audit --no-fund)
echo "$stamp" > .cache/stamp
