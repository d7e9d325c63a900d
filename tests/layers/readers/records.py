"""Files of values, each after its length (u32, little-endian)."""

import struct


def load(path):
    with open(path, "rb") as file:
        while head := file.read(4):
            yield file.read(*struct.unpack("<I", head))


def save(path, values):
    with open(path, "wb") as file:
        for it in values:
            file.write(struct.pack("<I", len(it)) + it)
