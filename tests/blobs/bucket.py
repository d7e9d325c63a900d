"""An S3 server on a free port of this machine, with an empty bucket.
usage: bucket.py   prints the server's address and the bucket, and answers questions in JSON until its input ends:
`objects`   bytes of each object, by its name
`holds HEX` whether one of them has these bytes"""

import contextlib
import json
import logging
import sys

import boto3
import botocore.config
from moto.server import ThreadedMotoServer

BUCKET = "chappe"


@contextlib.contextmanager
def bucket():
    """The server's address, and a client for it."""
    # It logs each request, and stumbles where one object comes several times at once, which the engine sends again.
    logging.disable(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        s3 = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            config=botocore.config.Config(s3={"addressing_style": "path"}),
        )
        s3.create_bucket(Bucket=BUCKET)
        yield endpoint, s3
    finally:
        server.stop()


def read(s3, key) -> bytes:
    """An object's bytes; none of one that has gone since it was listed."""
    try:
        return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return b""


def main() -> int:
    with bucket() as (endpoint, s3):
        print(endpoint, BUCKET, flush=True)
        for line in sys.stdin:
            asked, _, rest = line.strip().partition(" ")
            kept = {it["Key"]: it["Size"] for it in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())}
            if asked == "objects":
                answer = kept
            else:
                wanted = bytes.fromhex(rest)
                answer = any(wanted in read(s3, it) for it in kept)
            print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
