"""Runs scenarios, each in a process of its own with a limit of time; the last line counts them."""

import argparse
import asyncio
import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from harness import scenario, server

# Scenarios of one run that may be tried a second time.
SECOND_TRIES = 8
HERE = pathlib.Path(__file__).resolve().parent


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", action="append", default=[], metavar="WORD", help="scenarios whose name has this in it")
    options.add_argument("--large", action="store_true", help="those that take gigabytes and minutes, and no others")
    options.add_argument("--list", action="store_true", help="print the names")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many run at once")
    options.add_argument("--play", metavar="NAME", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    found = scenario.load()
    if chosen.play:
        return asyncio.run(play(found[chosen.play]))
    names = [
        name for name, one in found.items()
        if one.large == chosen.large and (not chosen.only or any(word in name for word in chosen.only))]
    if chosen.list:
        print("\n".join(names))
        return 0
    if not server.BINARY.exists():
        print(f"client suite: {server.BINARY.name} is not built: cargo build -p server", file=sys.stderr)
        return 1
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        ended = list(pool.map(run, [found[name] for name in names]))
    # A client's own timers may run out on a machine that does other things; more than a few are no accident.
    again = [at for at, why in enumerate(ended) if why]
    for at in again if len(again) <= SECOND_TRIES else ():
        print(f"once more, alone: {names[at]}", flush=True)
        ended[at] = run(found[names[at]])
    for name, why in zip(names, ended):
        if why:
            print(f"FAILED {name}: {why}")
    failed = sum(map(bool, ended))
    print(f"{len(ended) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


def run(one: scenario.Scenario) -> str:
    """Plays one scenario in a process group, which is gone afterwards whatever happened; says why it failed."""
    command = [sys.executable, "-B", str(HERE / "run.py"), "--play", one.name]
    start = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    try:
        said, _ = process.communicate(timeout=one.seconds + 20)
    except subprocess.TimeoutExpired:
        said = "it did not even end when its time was up"
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    ok = process.wait() == 0
    line = f"{'ok    ' if ok else 'FAILED'} {time.monotonic() - start:5.1f} s  {one.name}"
    print(line if ok else f"{line}\n{said}", flush=True)
    return "" if ok else reason(said)


def reason(said: str) -> str:
    """The line of a scenario's output that tells most, short enough for a list."""
    lines = [it for it in said.partition("--- end of the server's log")[0].splitlines() if it and not it.startswith(" ")]
    return lines[-1][:300] if lines else "it said nothing"


async def play(one: scenario.Scenario) -> int:
    # Clients' libraries are loaded here, not where scenarios are only listed.
    from harness.stage import Stage

    folder = pathlib.Path(tempfile.mkdtemp(prefix="chappe-clients-"))
    ours = server.Server(folder, **one.settings)
    stage = Stage(ours)
    try:
        await ours.start()
        async with asyncio.timeout(one.seconds):
            await one.play(stage)
            await stage.leave()
        await ours.stop()
        if ours.bucket:
            await ours.bucket.close()
        complaints = [] if one.rough else stage.complaints()
        assert not complaints, "clients complained:\n" + "\n".join(complaints[:20])
        return 0
    except BaseException:
        traceback.print_exc(limit=-6)
        print(ours.tail(), ours.called(), *stage.complaints()[-15:], sep="\n")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
