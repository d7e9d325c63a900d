"""A server of ours in a folder of its own: started, asked, stopped, killed."""

import asyncio
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import urllib.request

from . import post
from .bucket import Bucket
from .post import Post

ROOT = pathlib.Path(__file__).resolve().parents[3]
# Another build may be named, e.g. one of another checkout.
BINARY = pathlib.Path(os.environ.get("CHAPPE_BINARY", ROOT / "target" / "debug" / "chappe"))
SECRET = "dd" + "00" * 15 + "01"
# Scenarios ask faster than people do; what limits floods has tests of its own.
# No link of a scenario is followed that does not ask for it.
DEFAULTS = {"proxy_secrets": [SECRET], "flood_factor": 0.0, "previews": False}
# What a scenario that failed is explained by.
LOG = "info,gateway=debug,api=debug"
READY_SECONDS, STOP_SECONDS = 20, 15
# Below those that the system gives to outgoing connections, which would take a port from a server that restarts.
PORTS = range(20000, 30000)


def free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as it:
            it.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                it.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Server:
    def __init__(self, folder: pathlib.Path, codes_by=None, s3=False, **settings):
        """`codes_by` names the sender of codes: "smtp" or "webhook"; `post` is where they arrive. With `s3` files lie in
        `bucket`."""
        self.folder, self.log = folder, folder / "server.log"
        self.port, self.admin = free_port(), free_port()
        self.post, self.codes_by, self.post_port = Post(), codes_by, free_port()
        if codes_by == "smtp":
            settings |= {"smtp_url": f"smtp://127.0.0.1:{self.post_port}", "smtp_from": "Chappe <codes@example.org>"}
        if codes_by == "webhook":
            settings |= {"webhook_url": f"http://127.0.0.1:{self.post_port}/codes", "webhook_secret": post.SECRET}
        lines = [f"{key} = {json.dumps(value)}" for key, value in (DEFAULTS | settings).items()]
        (folder / "chappe.toml").write_text("\n".join(lines) + "\n")
        self.bucket = Bucket() if s3 else None
        self.process, self.ready = None, ""

    async def start(self):
        """Runs the server until it says that it accepts connections."""
        if self.codes_by and self.post.server is None:
            await self.post.open(self.codes_by, self.post_port)
        if self.bucket and self.bucket.process is None:
            await self.bucket.open()
        command = [BINARY, "serve", "--test-accounts", "--data", "data", "--keys", "keys"]
        command += ["--listen", f"127.0.0.1:{self.port}", "--admin-listen", f"127.0.0.1:{self.admin}"]
        with self.log.open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                *map(str, command), cwd=self.folder, stdout=asyncio.subprocess.PIPE, stderr=log,
                env={**os.environ, "CHAPPE_LOG": LOG, **(self.bucket.variables() if self.bucket else {})})
        line = await asyncio.wait_for(self.process.stdout.readline(), READY_SECONDS)
        self.ready = line.decode().strip()
        assert self.ready.startswith("chappe ready"), f"the server did not start: {self.ready!r}\n{self.tail()}"

    async def stop(self, how=signal.SIGTERM):
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(how)
        code = await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        assert code in (0, -signal.SIGKILL), f"the server ended with {code}\n{self.tail()}"

    async def kill(self):
        """kill -9: it gets no chance to write anything."""
        await self.stop(signal.SIGKILL)

    async def restart(self, how=signal.SIGTERM):
        await self.stop(how)
        await self.start()

    def run(self, *words, **variables) -> str:
        """What `chappe WORDS…` prints for this server's folders."""
        command = [str(BINARY), *words, "--data", "data", "--keys", "keys"]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=40, env={**os.environ, **variables})
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def pem(self) -> pathlib.Path:
        """A file with the server's public key."""
        path = self.folder / "server.pem"
        if not path.exists():
            path.write_text(self.run("key"))
        return path

    def get(self, path, admin=False):
        """Status, headers and text of a page, on the clients' port or the operators'."""
        address = f"http://127.0.0.1:{self.admin if admin else self.port}{path}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.headers, answer.read().decode()

    def calls(self, method: str) -> int:
        """How often clients have called a method since the server started."""
        found = re.search(rf'method_calls_total\{{method="{re.escape(method)}"\}} (\d+)', self.get("/metrics", admin=True)[2])
        return int(found.group(1)) if found else 0

    def called(self) -> str:
        """Which methods clients have called how often, for a scenario that failed."""
        try:
            text = self.get("/metrics", admin=True)[2]
        except OSError:
            return "--- the server does not answer"
        found = re.findall(r'method_calls_total\{method="([^"]+)"\} (\d+)', text)
        return "--- called: " + ", ".join(f"{method} {count}" for method, count in found)

    def tail(self, lines=30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "--- end of the server's log\n" + "\n".join(text.splitlines()[-lines:])
