"""Reads objects to the last byte with the Pyrogram, or a fork of it, on PYTHONPATH.

usage: with_pyrogram.py OBJECTS; prints a line for each name that fails: kind, name, why."""

import importlib.util
import io
import sys
import types

import records

# Only the schema's part is of interest; the package itself wants the rest of its world.
package = types.ModuleType("pyrogram")
package.__path__ = importlib.util.find_spec("pyrogram").submodule_search_locations
sys.modules["pyrogram"] = package

from pyrogram.raw.all import layer, objects  # noqa: E402
from pyrogram.raw.core import TLObject  # noqa: E402


def name_of(data):
    kind = objects.get(int.from_bytes(data[:4], "little"))
    return getattr(kind, "QUALNAME", kind)


def read(data):
    stream = io.BytesIO(data)
    it = TLObject.read(stream)
    left = len(data) - stream.tell()
    if left:
        raise ValueError(f"{left} bytes left")
    return it


def main(read_from):
    bad, done = {}, 0
    for data in records.load(read_from):
        try:
            read(data)
            done += 1
        except Exception as why:
            bad.setdefault(("object", name_of(data) or data[:4].hex()), repr(why)[:200])
    for (kind, name), why in bad.items():
        print(kind, name, why, sep="\t")
    print("read", layer, done, 0, sep="\t")


main(*sys.argv[1:])
