"""A pipe to TDLib: its own JSON, a line each, in and out. usage: tdlib.py LIBRARY LOG"""

import json
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])
import tdjson  # noqa: E402

assert tdjson.__file__.startswith(sys.argv[1]), "another tdjson than the one with our key"
CLOSED = {"@type": "authorizationStateClosed"}


def execute(kind, **fields):
    tdjson.td_execute(json.dumps({"@type": kind, **fields}).encode())


execute("setLogStream", log_stream={"@type": "logStreamFile", "path": sys.argv[2], "max_file_size": 1 << 22})
execute("setLogVerbosityLevel", new_verbosity_level=1)
client = tdjson.td_create_client_id()


def listen():
    """Until told to close; whoever wrote the lines may also just be gone."""
    for line in sys.stdin:
        tdjson.td_send(client, line.encode())


threading.Thread(target=listen, daemon=True).start()
while True:
    raw = tdjson.td_receive(1.0)
    if not raw:
        continue
    got = json.loads(raw)
    print(json.dumps(got), flush=True)
    if got.get("authorization_state") == CLOSED:
        # Its threads are done; Python's own end would wait for a line that never comes.
        os._exit(0)
