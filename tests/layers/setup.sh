#!/usr/bin/env bash
# Fetches the pinned libraries into .cache; where they are there already it only looks.
set -euo pipefail
cd "$(dirname "$0")"

# Python, Node.js and mtcute are the client suite's; it says what is missing.
../clients/setup.sh
python=../clients/.cache/venv/bin/python
pins=$(cat libraries.tsv setup.sh; $python -V)
[ "$(cat .cache/pins 2>/dev/null)" != "$pins" ] || exit 0

echo "layer suite: fetching the pinned libraries (once)"
mkdir -p .cache
while IFS=$'\t' read -r package version _ _ from; do
    [ "$from" = pip ] || continue
    target=.cache/$package-$version
    [ ! -e "$target/whole" ] || continue
    rm -rf "$target"
    $python -m pip --quiet --disable-pip-version-check install --no-deps --target "$target" "$package==$version"
    touch "$target/whole"
done < <(grep -v '^#' libraries.tsv)
echo "$pins" > .cache/pins
