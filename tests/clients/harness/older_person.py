"""A person at an older Telethon, and so at an older API layer, in a process of its own: drivers/telethon.py."""

import asyncio
import inspect
import itertools
import os
import sys

from .driver import Driver
from .person import PATIENCE, Dialog, Event, Message, Person, Profile, Refused
from .server import ROOT
from .telethon_person import TelethonPerson

CLIENTS = ROOT / "tests" / "clients"
KINDS = {it.__name__: it for it in (Dialog, Event, Message, Profile)}


def _read(value):
    if isinstance(value, list):
        return [_read(it) for it in value]
    if not isinstance(value, dict):
        return value
    if value["is"] == "tuple":
        return tuple(_read(value["of"]))
    return KINDS[value["is"]](**{name: _read(it) for name, it in value.items() if name != "is"})


class OlderPerson(Person):
    def __init__(self, *given):
        super().__init__(*given)
        self.driver, self.numbers, self.waiting, self.lines = None, itertools.count(1), {}, []
        self.log = self.folder / "log"

    async def connect(self):
        library = CLIENTS / ".cache" / self.kind
        command = [sys.executable, "-B", CLIENTS / "drivers" / "telethon.py"]
        command += [self.server.port, self.server.pem(), self.folder, self.phone, self.name, self.code]
        self.driver = Driver(command, self.folder, self.log, self._hear, {**os.environ, "PYTHONPATH": str(library)})
        await self.driver.start()
        await self.ask("connect")

    async def _hear(self, line):
        if line is None:
            for waits in self.waiting.values():
                waits.set_exception(AssertionError(f"the process of {self} ended:\n{self.log.read_text()[-2000:]}"))
        elif "event" in line:
            await self.tell(_read(line["event"]))
        else:
            self.id, self.lines = line["me"], line["complaints"]
            self.waiting.pop(line["id"]).set_result(line)

    async def ask(self, what, *args, **more):
        number = next(self.numbers)
        self.waiting[number] = waits = asyncio.get_running_loop().create_future()
        self.driver.say({"id": number, "do": what, "args": args, "more": more})
        answer = await asyncio.wait_for(waits, 2 * PATIENCE)
        if "refused" in answer:
            raise Refused(answer["refused"])
        assert "ok" in answer, f"{self} {what}: {answer.get('error')}"
        return _read(answer["ok"])

    async def resume(self):
        await self.connect()
        await self.ask("_settle")

    async def leave(self):
        if self.driver is not None:
            await self.ask("leave")
            await self.driver.stop()
            self.driver = None

    def complaints(self):
        return self.lines


def _proxy(name):
    async def call(self, *args, **more):
        return await self.ask(name, *args, **more)

    return call


# Everything else is done by the same code, over there.
for _name, _it in inspect.getmembers(TelethonPerson, inspect.iscoroutinefunction):
    if not _name.startswith("_") and _name not in vars(OlderPerson) and _name not in ("tell", "join", "expect"):
        if not hasattr(Person, _name) or _name in vars(TelethonPerson):
            setattr(OlderPerson, _name, _proxy(_name))
