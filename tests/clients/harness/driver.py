"""A client in a process of its own, spoken to in lines of JSON."""

import asyncio
import json

# A line may hold a whole history.
LINE = 1 << 22
STOP_SECONDS = 10


class Driver:
    """Gives every line that the process prints to `hear`, and None at the end; its log goes to a file."""

    def __init__(self, command, folder, log, hear, environment=None):
        self.command, self.folder, self.log, self.hear = [str(it) for it in command], folder, log, hear
        self.environment = environment
        self.process = self.reader = None

    async def start(self):
        with self.log.open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, cwd=self.folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=log, limit=LINE, env=self.environment)
        self.reader = asyncio.create_task(self._read())

    async def _read(self):
        try:
            while line := await self.process.stdout.readline():
                await self.hear(json.loads(line))
        finally:
            await self.hear(None)

    def say(self, what):
        self.process.stdin.write(json.dumps(what).encode() + b"\n")

    async def stop(self):
        """Waits for the end, which was asked for before."""
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.process.kill()
            raise AssertionError(f"{self.command} did not end") from None
        await self.reader
