"""A person at another Telethon than the suite's own, which PYTHONPATH names: requests and answers in lines of JSON.

usage: telethon.py PORT PEM FOLDER PHONE NAME CODE"""

import asyncio
import dataclasses
import json
import pathlib
import sys
import types

HERE = pathlib.Path(__file__).resolve().parent
# This file's own folder is there first, and holds a file of the library's name.
sys.path[0] = str(HERE.parent)

from harness.person import Refused  # noqa: E402
from harness.telethon_person import Complaints, TelethonPerson  # noqa: E402


def plain(value):
    if dataclasses.is_dataclass(value):
        fields = {it.name: plain(getattr(value, it.name)) for it in dataclasses.fields(value)}
        return {"is": type(value).__name__, **fields}
    if isinstance(value, tuple):
        # Lines of JSON know lists only.
        return {"is": "tuple", "of": plain(list(value))}
    if isinstance(value, list):
        return [plain(it) for it in value]
    return value


def say(what):
    print(json.dumps(what), flush=True)


class Here(TelethonPerson):
    def __init__(self, port, pem, folder, phone, name, code):
        self.server = types.SimpleNamespace(port=int(port), pem=lambda: pathlib.Path(pem))
        self.kind, self.folder = "telethon-full", pathlib.Path(folder)
        self.phone, self.name, self.code, self.id = phone, name, code, 0
        self.log, self.client, self.writers = Complaints(), None, {}

    async def _chat(self, chat):
        return self.writers.get(chat) or await super()._chat(chat)

    async def _new(self, event):
        # 1.27 does not find again who was told of in an update only.
        self.writers[event.chat_id] = await event.get_input_chat()
        await super()._new(event)

    async def tell(self, event):
        say({"event": plain(event)})

    async def answer(self, line):
        asked = json.loads(line)
        answer = {"id": asked["id"]}
        try:
            answer["ok"] = plain(await getattr(self, asked["do"])(*asked["args"], **asked["more"]))
        except Refused as why:
            answer["refused"] = str(why)
        except Exception as why:
            answer["error"] = repr(why)
        say(answer | {"me": self.id, "complaints": self.complaints()})


async def main():
    person = Here(*sys.argv[1:])
    lines = asyncio.StreamReader(limit=1 << 22)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    asked = set()
    while line := await lines.readline():
        task = asyncio.create_task(person.answer(line))
        asked.add(task)
        task.add_done_callback(asked.discard)


asyncio.run(main())
