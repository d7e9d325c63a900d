"""A bucket at an S3 server that others wrote, which runs as a process of its own (tests/blobs)."""

import asyncio
import json
import pathlib

BLOBS = pathlib.Path(__file__).resolve().parents[2] / "blobs"
# It answers at once, on a machine that does nothing besides.
ANSWER_SECONDS = 30


class Bucket:
    def __init__(self):
        self.process, self.endpoint, self.name = None, "", ""

    async def open(self):
        self.process = await asyncio.create_subprocess_exec(
            str(BLOBS / ".cache" / "venv" / "bin" / "python"), "-B", str(BLOBS / "bucket.py"),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        self.endpoint, self.name = (await self._line()).split()

    def variables(self):
        """What a server is told of it."""
        return {
            "CHAPPE_S3_ENDPOINT": self.endpoint, "CHAPPE_S3_BUCKET": self.name, "CHAPPE_S3_KEY_ID": "key",
            "CHAPPE_S3_KEY": "secret"}

    async def objects(self):
        """Bytes of each object, by its name."""
        return await self._ask("objects")

    async def holds(self, data):
        """Whether an object has these bytes, as it lies there."""
        return await self._ask(f"holds {data.hex()}")

    async def close(self):
        if self.process is not None:
            self.process.stdin.close()
            await asyncio.wait_for(self.process.wait(), ANSWER_SECONDS)

    async def _ask(self, question):
        self.process.stdin.write(f"{question}\n".encode())
        return json.loads(await self._line())

    async def _line(self):
        return (await asyncio.wait_for(self.process.stdout.readline(), ANSWER_SECONDS)).decode()
