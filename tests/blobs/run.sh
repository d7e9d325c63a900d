#!/usr/bin/env bash
# The engine for S3 before a server that others wrote: the suite that every engine for blobs passes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

"$here/setup.sh"
cargo build --quiet --manifest-path "$here/../../Cargo.toml" -p store --example s3 --features conformance,s3
exec "$here/.cache/venv/bin/python" -B "$here/judge.py" "$here/../../target/debug/examples/s3"
