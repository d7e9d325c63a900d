"""Runs the scenarios, each against a server of its own, in a namespace that has only loopback."""

import argparse
import asyncio
import importlib
import inspect
import os
import pathlib
import subprocess
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
INSIDE = "CHAPPE_CLIENTS_INSIDE"
SECONDS = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="run the scenarios whose name contains this")
    arguments = parser.parse_args()
    if not os.environ.get(INSIDE):
        return enclosed()
    sys.path.insert(0, str(HERE))
    passed, failed = 0, 0
    for name, scenario in scenarios():
        if arguments.only and arguments.only not in name:
            continue
        ok, said, took = run(scenario)
        passed, failed = passed + ok, failed + (not ok)
        print(f"{'ok    ' if ok else 'FAILED'} {took:5.1f} s  {name}", flush=True)
        if not ok:
            print(said, flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


def enclosed() -> int:
    """Runs this program again where nothing but loopback is."""
    flags = "-n" if os.geteuid() == 0 else "-rn"
    inner = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv]
    if subprocess.run(["unshare", flags, "true"], capture_output=True).returncode:
        print("this machine allows no network namespace, and clients must not reach anything else", file=sys.stderr)
        return 1
    return subprocess.run(["unshare", flags, *inner], env={**os.environ, INSIDE: "1"}).returncode


def scenarios():
    for path in sorted((HERE / "scenarios").glob("*.py")):
        module = importlib.import_module(f"scenarios.{path.stem}")
        for name, it in inspect.getmembers(module, inspect.iscoroutinefunction):
            if it.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{path.stem}.{name}", it


def run(scenario):
    start = time.monotonic()
    try:
        asyncio.run(asyncio.wait_for(scenario(), SECONDS))
        return True, "", time.monotonic() - start
    except BaseException as error:  # a scenario may fail in any way; the next one runs all the same
        if isinstance(error, KeyboardInterrupt):
            raise
        return False, traceback.format_exc(limit=-4), time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
