#!/usr/bin/env bash
# Fetches the pinned clients into .cache; where they are there already it only looks.
set -euo pipefail
cd "$(dirname "$0")"

missing() { echo "client suite: $1 is missing: $2" >&2; exit 1; }
PATH=$PATH:/usr/sbin:/sbin

command -v python3 >/dev/null || missing python3 "apt install python3 python3-venv"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || missing "Python 3.11" "this one is older"
command -v node >/dev/null || missing node "install Node.js 20 or newer"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || missing "Node.js 20" "this one is older"
command -v npm >/dev/null || missing npm "it comes with Node.js, or: apt install npm"
command -v unshare >/dev/null || missing unshare "apt install util-linux"

# The few Debian packages that root can fetch by itself.
packages=()
command -v ip >/dev/null || packages+=(iproute2)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
if [ ${#packages[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || missing "${packages[*]}" "apt install ${packages[*]}"
    echo "client suite: installing ${packages[*]}"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "${packages[@]}"; } >/dev/null 2>&1 ||
        missing "${packages[*]}" "apt install ${packages[*]} failed"
fi

tdlibs=(1.8.66 1.8.68)
# As in harness/stage.py.
telethons=(1.27.0 1.39.0)
pins=$(cat requirements.txt package.json package-lock.json .npmrc setup.sh; python3 -V; node -v)
[ "$(cat .cache/pins 2>/dev/null)" != "$pins" ] || exit 0

echo "client suite: fetching the pinned clients (once)"
mkdir -p .cache
[ -x .cache/venv/bin/python ] || python3 -m venv .cache/venv
pip() { .cache/venv/bin/pip --quiet --disable-pip-version-check "$@"; }
pip install --requirement requirements.txt
for version in "${tdlibs[@]}"; do
    rm -rf ".cache/tdjson-$version"
    pip install --no-deps --target ".cache/tdjson-$version" "tdjson==$version"
done
for version in "${telethons[@]}"; do
    rm -rf ".cache/telethon-$version"
    pip install --no-deps --target ".cache/telethon-$version" "Telethon==$version"
done
cp package.json package-lock.json .npmrc .cache/
(cd .cache && npm ci --silent)
echo "$pins" > .cache/pins
