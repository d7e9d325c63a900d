#!/usr/bin/env bash
# Other people's libraries read what the transcoder wrote for their layer. usage: run.sh [--only PACKAGE-VERSION]...
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh
(cd ../.. && cargo build --quiet -p tl --example oracle)
exec ../clients/.cache/venv/bin/python -B judge.py "$@"
