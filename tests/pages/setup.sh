#!/usr/bin/env bash
# Fetches the pinned validators into .cache; where they are there already it only looks.
set -euo pipefail
cd "$(dirname "$0")"

# Python, Node.js and the client that writes the posts are the client suite's; it says what is missing.
../clients/setup.sh
python=../clients/.cache/venv/bin/python
pins=$(cat requirements.txt package.json package-lock.json .npmrc setup.sh; $python -V; node -v)
[ "$(cat .cache/pins 2>/dev/null)" != "$pins" ] || exit 0

echo "pages: fetching the pinned validators (once)"
mkdir -p .cache
rm -rf .cache/python
$python -m pip --quiet --disable-pip-version-check install --no-deps --target .cache/python --requirement requirements.txt
cp package.json package-lock.json .npmrc .cache/
(cd .cache && npm ci --silent)
echo "$pins" > .cache/pins
