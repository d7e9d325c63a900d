"""The stage of one scenario: the server, the people, and what is looked at when it is over."""

import asyncio
import re

from .mtcute_person import MtcutePerson
from .older_person import OlderPerson
from .person import PATIENCE
from .tdlib_person import TdlibPerson
from .telethon_person import TelethonPerson

# Every way in which the clients can connect.
TELETHON = [f"telethon-{it}" for it in ("full", "abridged", "intermediate", "obfuscated", "proxy")]
MTCUTE = [f"mtcute-{it}" for it in ("tcp", "pfs", "proxy", "ws")]
TDLIB = [f"tdlib-{it}" for it in ("1.8.66", "1.8.66-pfs", "1.8.68", "1.8.68-pfs")]
# Older releases of Telethon, each at the API layer of its time: 152, 199.
OLDEST, BETWEEN = OLDER = ["telethon-1.27.0", "telethon-1.39.0"]
EVERY = TELETHON + MTCUTE + TDLIB
# One way for each client, where a rule does not depend on the way.
LIBRARIES = ["telethon-full", "mtcute-tcp", "tdlib-1.8.66"]
# The oldest and the newest API layer served, 152 and 230, each in both roles of every talk.
NEWEST = "tdlib-1.8.68"
APART = [(OLDEST, NEWEST), (NEWEST, OLDEST)]
PEOPLE = {"telethon": TelethonPerson, "mtcute": MtcutePerson, "tdlib": TdlibPerson}

# Telethon asks for a difference some moments after a sign-in.
SETTLED_SECONDS = 0.4


class Stage:
    def __init__(self, server):
        self.server, self.people, self.asked = server, [], (0, 0)

    def person(self, kind, phone, name):
        """Somebody with this number, at a client that is not started yet."""
        made = OlderPerson if kind in OLDER else PEOPLE[kind.partition("-")[0]]
        person = made(self, kind, phone, name, len(self.people))
        self.people.append(person)
        return person

    async def join(self, kind, name):
        """A new person, signed up."""
        return await self.person(kind, self.next_phone(), name).join()

    def next_phone(self):
        """The number of who joins next."""
        return f"+999662{len(self.people):04}"

    async def device(self, person, kind):
        """Another client of the same person, connected and not signed in."""
        device = self.person(kind, person.phone, person.name)
        await device.connect()
        return device

    async def two(self, kinds):
        """Two people who know each other; from here on nobody has a reason to ask for a difference."""
        one, two = await self.join(kinds[0], "Claude"), await self.join(kinds[1], "Ignace")
        await self.acquaint(one, two)
        await self.settle()
        return one, two

    async def acquaint(self, *people):
        """Everybody has everybody in the address book."""
        for one in people:
            for other in people:
                if one is not other:
                    found = await one.add(other.phone, other.name)
                    assert found == other.id, f"{one} imported {other} and got {found}"

    async def settle(self):
        """Waits until the clients have asked what they ask at their start: from here on, none has a reason to."""
        while True:
            self.asked = self.differences()
            await asyncio.sleep(SETTLED_SECONDS)
            if self.differences() == self.asked:
                return

    async def called(self, method):
        """Waits until a client has called a method."""
        async with asyncio.timeout(PATIENCE):
            while self.server.calls(method) == 0:
                await asyncio.sleep(0.05)

    async def delivered(self):
        """Waits until no parcel is on its way between mailboxes; two looks, since the gauge is of the last round."""
        empty = 0
        while empty < 2:
            await asyncio.sleep(0.05)
            parcels = re.search(r"^chappe_outbox_parcels (\d+)", self.server.get("/metrics", admin=True)[2], re.M)
            empty = empty + 1 if parcels.group(1) == "0" else 0

    def differences(self):
        """How often clients have asked what they missed: of themselves, of channels."""
        return tuple(self.server.calls(f"updates.{it}") for it in ("getDifference", "getChannelDifference"))

    def asked_since(self):
        return tuple(now - before for now, before in zip(self.differences(), self.asked))

    def quiet(self):
        """No client saw a gap since things settled."""
        asked = self.asked_since()
        assert asked == (0, 0), f"clients asked {asked} times for a difference, though all were connected"

    async def leave(self):
        for person in self.people:
            await person.leave()

    def complaints(self):
        return [f"{person}: {line}" for person in self.people for line in person.complaints()]
