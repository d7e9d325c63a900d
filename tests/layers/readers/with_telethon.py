"""Reads objects to the last byte and requests both ways with the Telethon on PYTHONPATH.

usage: telethon.py OBJECTS REQUESTS WRITTEN; prints a line for each name that fails: kind, name, why."""

import sys

import records

from telethon.extensions import BinaryReader
from telethon.tl import alltlobjects, functions
from telethon.tl.tlobject import TLRequest


def name_of(data):
    kind = alltlobjects.tlobjects.get(int.from_bytes(data[:4], "little"))
    return kind and f"{kind.__module__.rpartition('tl.')[2]}.{kind.__name__}"


def read(data):
    reader = BinaryReader(data)
    it = reader.tgread_object()
    left = len(data) - reader.tell_position()
    if left:
        raise ValueError(f"{left} bytes left")
    return it


def main(objects, requests, written):
    bad, done = {}, 0
    for data in records.load(objects):
        try:
            read(data)
            done += 1
        except Exception as why:
            bad.setdefault(("object", name_of(data) or data[:4].hex()), repr(why)[:200])
    back, met = [], set()
    for data in records.load(requests):
        try:
            request = read(data)
            met.add(type(request))
            back.append(bytes(request))
            # Flags of its layer are all it writes: an id says nothing of flags without data.
            if len(back[-1]) != len(data):
                raise ValueError(f"writes {back[-1].hex()} for {data.hex()}")
        except Exception as why:
            bad.setdefault(("request", name_of(data) or data[:4].hex()), repr(why)[:400])
    for kind in alltlobjects.tlobjects.values():
        if issubclass(kind, TLRequest) and kind not in met:
            bad.setdefault(("unmet", f"{kind.__module__.rpartition('tl.')[2]}.{kind.__name__}"), "no such method of the layer")
    records.save(written, back)
    for (kind, name), why in bad.items():
        print(kind, name, why, sep="\t")
    print("read", alltlobjects.LAYER, done, len(back), sep="\t")


main(*sys.argv[1:])
