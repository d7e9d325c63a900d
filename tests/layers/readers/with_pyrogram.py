"""Reads objects to the last byte and requests both ways with the Pyrogram, or a fork of it, on PYTHONPATH.

usage: with_pyrogram.py OBJECTS REQUESTS WRITTEN; prints a line for each name that fails: kind, name, why."""

import importlib
import importlib.util
import inspect
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


def methods():
    """The classes of all methods; the table of ids is made of paths to them."""
    for path in objects.values():
        if isinstance(path, str) and ".functions." in path:
            module, _, name = path.rpartition(".")
            yield getattr(importlib.import_module(module), name)


def without_nothing(it):
    """An absent vector is read as an empty one, which would be written without its flag."""
    if isinstance(it, list):
        for one in it:
            without_nothing(one)
    if isinstance(it, TLObject) and hasattr(it, "__slots__"):
        optional = inspect.signature(type(it).__init__).parameters
        for name in it.__slots__:
            value = without_nothing(getattr(it, name))
            if isinstance(value, list) and not value and optional[name].default is None:
                setattr(it, name, None)
    return it


def written_again(it, data):
    if data not in (it.write(), written := without_nothing(it).write()):
        raise ValueError(f"writes {written.hex()} for {data.hex()}")
    return data


def main(objects_from, requests_from, written):
    bad, done = {}, 0
    for data in records.load(objects_from):
        try:
            read(data)
            done += 1
        except Exception as why:
            bad.setdefault(("object", name_of(data) or data[:4].hex()), repr(why)[:200])
    back, met, failed = [], set(), {}
    for data in records.load(requests_from):
        try:
            request = read(data)
            back.append(written_again(request, data))
            met.add(request.QUALNAME)
        except Exception as why:
            # It has no flag for an empty vector, and takes short vectors of objects without fields for vectors of
            # numbers: others of the method must do.
            failed[name_of(data)] = repr(why)[:400]
    for kind in methods():
        if kind.QUALNAME not in met:
            bad["unmet", kind.QUALNAME] = failed.get(kind.QUALNAME, "no such method of the layer")
    records.save(written, back)
    for (kind, name), why in bad.items():
        print(kind, name, why, sep="\t")
    print("read", layer, done, len(back), sep="\t")


main(*sys.argv[1:])
