"""Puts a server's RSA key in place of the data centres' keys in a copy of TDLib, which has no option for it."""

import pathlib
import re
import shutil

BLOCK = re.compile(rb"-----BEGIN RSA PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END RSA PUBLIC KEY-----")

# Begins the key that signs help.configSimple; it belongs to no data centre.
CONFIG_KEY = b"Ayr+18Rex"


def swap(original: pathlib.Path, copy: pathlib.Path, pem: bytes) -> None:
    """Writes `copy` with the production and the test key of `original` replaced."""
    blob, done = bytearray(original.read_bytes()), 0
    for hit in list(BLOCK.finditer(bytes(blob))):
        if CONFIG_KEY in hit.group():
            continue
        assert len(hit.group()) == len(pem.strip()), "a PKCS#1 key of 2048 bits fits in place"
        blob[hit.start() : hit.end()] = pem.strip()
        done += 1
    assert done == 2, f"{done} keys replaced, 2 expected"
    copy.write_bytes(blob)
    shutil.copymode(original, copy)


def library(site: pathlib.Path, into: pathlib.Path, pem: bytes) -> pathlib.Path:
    """Copies an installed tdjson with the key replaced; returns the folder to import it from."""
    shutil.copytree(site / "tdjson", into / "tdjson")
    shutil.copytree(site / "tdjson.libs", into / "tdjson.libs")
    for shared in (site / "tdjson.libs").glob("libtdjson*"):
        swap(shared, into / "tdjson.libs" / shared.name, pem)
    return into
