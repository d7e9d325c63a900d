"""Runs a program against an S3 server that others wrote.
usage: judge.py PROGRAM   the program is told the server's address and the bucket"""

import subprocess
import sys

from bucket import BUCKET, bucket

# The suite takes ten on a quiet machine.
SECONDS = 120


def main(program: str) -> int:
    with bucket() as (endpoint, s3):
        result = subprocess.run([program, endpoint, BUCKET], timeout=SECONDS)
        kept = s3.list_objects_v2(Bucket=BUCKET)["KeyCount"]
        print(f"the bucket holds {kept} objects")
        return result.returncode or int(kept == 0)


sys.exit(main(*sys.argv[1:]))
