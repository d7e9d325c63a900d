"""Starts an S3 server on a free port of this machine, makes a bucket and runs a program against it.
usage: judge.py PROGRAM   the program is told the server's address and the bucket"""

import logging
import subprocess
import sys

import boto3
import botocore.config
from moto.server import ThreadedMotoServer

BUCKET = "chappe"
# The suite takes ten on a quiet machine.
SECONDS = 120


def main(program: str) -> int:
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
        result = subprocess.run([program, endpoint, BUCKET], timeout=SECONDS)
        kept = s3.list_objects_v2(Bucket=BUCKET)["KeyCount"]
        print(f"the bucket holds {kept} objects")
        return result.returncode or int(kept == 0)
    finally:
        server.stop()


sys.exit(main(*sys.argv[1:]))
