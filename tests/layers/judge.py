"""Lets each library read random objects of every constructor, and the server read each of its requests.

Down: objects of today's layer, transcoded, are read to the last byte by the library. Up: requests are read and
written by the library, and what it wrote is decoded by today's typed decoder. What fails must be in
exceptions.tsv, and what is there must fail: the list can only shrink."""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ORACLE = ROOT / "target" / "debug" / "examples" / "oracle"
MODULES = ROOT / "tests" / "clients" / ".cache" / "node_modules"
# Random objects of every constructor, and requests of every method.
OBJECTS, REQUESTS = 40, 12
# Of one library; it takes seconds.
SECONDS = 300


def table(path):
    lines = (line.split("\t") for line in path.read_text().splitlines())
    return [line for line in lines if not line[0].startswith("#")]


def run(*command, **more):
    done = subprocess.run([str(it) for it in command], capture_output=True, text=True, timeout=SECONDS, **more)
    if done.returncode:
        raise RuntimeError(f"{command}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def judge(package, version, layer, reader, _):
    """What failed, as (kind, name, why), and how many objects and requests were read."""
    with tempfile.TemporaryDirectory() as folder:
        objects, requests, written = (pathlib.Path(folder) / it for it in ("objects", "requests", "written"))
        run(ORACLE, "objects", layer, OBJECTS, objects)
        run(ORACLE, "requests", layer, REQUESTS, requests)
        environment = os.environ | {"PYTHONPATH": str(HERE / ".cache" / f"{package}-{version}")}
        match reader:
            case "telethon":
                script = [sys.executable, "-B", HERE / "readers" / "with_telethon.py", objects, requests, written]
            case "pyrogram":
                script = [sys.executable, "-B", HERE / "readers" / "with_pyrogram.py", objects, requests, written]
            case "mtcute":
                script = ["node", HERE / "readers" / "with_mtcute.mjs", MODULES, objects, requests, written]
        *failed, (_, own, read, sent) = run(*script, env=environment)
        if own != layer:
            failed.append(["layer", own, f"the library is of another layer than {layer}"])
        if written.exists():
            failed += [[*it, "today's server does not read it"] for it in run_oracle(layer, written)]
        return failed, int(read), int(sent)


def run_oracle(layer, written):
    # A line is a kind and a name.
    return [line[0].split(" ") for line in run(ORACLE, "read", layer, written)]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", action="append", default=[], metavar="PACKAGE-VERSION")
    only = options.parse_args().only
    libraries = [it for it in table(HERE / "libraries.tsv") if not only or f"{it[0]}-{it[1]}" in only]
    known = {(it[0], it[1], it[2]) for it in table(HERE / "exceptions.tsv")}
    used, wrong = set(), []

    def one(library):
        began = time.monotonic()
        return *judge(*library), time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for library, (failed, read, sent, took) in zip(libraries, pool.map(one, libraries)):
            package, version, layer = library[:3]
            print(f"{took:5.1f} s  {package} {version} at {layer}: read {read} objects, sent {sent} requests", flush=True)
            if read < 40_000 or sent < 5_000:
                wrong.append(f"{package} {version}: too few")
            for kind, name, why in failed:
                found = {(it, kind, name) for it in (f"{package}-{version}", package, "*")} & known
                used |= found
                if not found:
                    wrong.append(f"{package}-{version}\t{kind}\t{name}\t{why}")
    if not only:
        wrong += ["take off exceptions.tsv: " + " ".join(it) for it in sorted(known - used)]
    print(*wrong, f"{len(wrong)} wrong, {len(known)} exceptions", sep="\n")
    return 1 if wrong or not libraries else 0


if __name__ == "__main__":
    sys.exit(main())
