"""People at clients that run in processes of their own."""

import asyncio
import json
import pathlib
import sys

import swap_key
from server import SECRET

HERE = pathlib.Path(__file__).resolve().parent
CACHE = HERE / ".cache"


class Driven:
    """Speaks to a driver; its own complaints are kept in a file."""

    def __init__(self, server, kind, phone, name):
        self.server, self.kind, self.phone, self.name = server, kind, phone, name
        self.log = server.folder / f"{name}.log"
        self.work = server.folder / f"{name}.work"

    async def start(self):
        command, folder = self._mtcute() if self.kind.startswith("mtcute") else self._tdlib()
        # A line of JSON may hold a whole history.
        self.process = await asyncio.create_subprocess_exec(
            *map(str, command), cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=self.log.open("a"), limit=1 << 20)
        return self

    def _mtcute(self):
        pem = self.server.folder / "server.pem"
        pem.write_text(self.server.pem())
        mode = self.kind.partition("-")[2] or "tcp"
        return ["node", HERE / "drivers" / "mtcute.mjs", self.server.port, pem, mode], CACHE

    def _tdlib(self):
        _, version, *pfs = self.kind.split("-")
        library = self.server.folder / f"tdjson-{version}"
        if not library.exists():
            library.mkdir()
            swap_key.library(CACHE / f"tdjson-{version}", library, self.server.pem().encode())
        self.work.mkdir(exist_ok=True)
        driver = HERE / "drivers" / "tdlib.py"
        return [sys.executable, driver, library, self.work, self.server.port, SECRET, *(pfs or ["plain"])], self.server.folder

    async def ask(self, action, **fields):
        self.process.stdin.write(json.dumps({"do": action, **fields}).encode() + b"\n")
        line = await asyncio.wait_for(self.process.stdout.readline(), 30)
        answer = json.loads(line) if line else {"error": "the driver ended: " + self.log.read_text()[-1500:]}
        if "error" in answer:
            raise AssertionError(f"{self.kind} {action}: {answer['error']} {self.log.read_text()[-800:]}")
        return answer["ok"]

    async def join(self):
        await self.start()
        self.id = await self.ask("join", phone="+" + self.phone, name=self.name, code=self.phone[5] * 5)
        return self

    async def knows(self, other):
        assert await self.ask("knows", phone="+" + other.phone, name=other.name) == other.id

    async def send(self, other, text):
        return await self.ask("send", to=other.id, text=text)

    async def texts(self, other):
        return await self.ask("texts", chat=other.id)

    async def hears(self, text, seconds=10):
        for _ in range(int(seconds / 0.1)):
            heard = await self.ask("heard")
            if text in heard:
                break
            await asyncio.sleep(0.1)
        assert heard.count(text) == 1, f"{self.kind} should hear {text!r} once: {heard}"

    async def leave(self):
        await self.ask("leave")
        await self.process.wait()

    def complaints(self):
        """What the client logged as wrong."""
        return [line for line in self.log.read_text().splitlines() if line.strip()]
