"""A person at a Telethon client, with what it was told kept in order."""

import asyncio
import logging

from telethon import TelegramClient, events, functions, types
from telethon.crypto import rsa
from telethon.network import connection
from telethon.sessions import MemorySession, StringSession

from server import SECRET

KINDS = {
    "full": connection.ConnectionTcpFull,
    "abridged": connection.ConnectionTcpAbridged,
    "intermediate": connection.ConnectionTcpIntermediate,
    "obfuscated": connection.ConnectionTcpObfuscated,
    "dd": connection.ConnectionTcpMTProxyRandomizedIntermediate,
}


class Complaints(logging.Handler):
    """What the client library itself logs as wrong."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        # The first is said of every MTProto proxy where an unrelated package is missing. The others: one
        # key in 256 begins with a zero, which this client leaves out; it notices and makes another.
        expected = ("python-socks", "invalid new nonce hash", "Attempt 1 at new auth_key failed")
        if not any(it in record.getMessage() for it in expected):
            self.lines.append(record.getMessage())


COMPLAINTS = Complaints()
logging.getLogger("telethon").addHandler(COMPLAINTS)
logging.getLogger("telethon").propagate = False


class Person:
    def __init__(self, server, phone, name, kind="full", session=None):
        rsa._server_keys.clear()
        rsa.add_key(server.pem(), old=False)
        self.phone, self.name, self.code = phone, name, phone[5] * 5
        session = session or MemorySession()
        if not session.server_address:
            session.set_dc(2, "127.0.0.1", server.port)
        proxy = {"proxy": ("127.0.0.1", server.port, SECRET)} if kind == "dd" else {}
        self.client = TelegramClient(session, 1, "a" * 32, connection=KINDS[kind], request_retries=1, **proxy)
        self.told = []
        self.client.add_event_handler(self._new, events.NewMessage)
        self.client.add_event_handler(self._edited, events.MessageEdited)
        self.client.add_event_handler(self._deleted, events.MessageDeleted)
        self.client.add_event_handler(self._read, events.MessageRead)

    async def _new(self, event):
        self.told.append(("new", event.raw_text))

    async def _edited(self, event):
        self.told.append(("edited", event.raw_text))

    async def _deleted(self, event):
        self.told.append(("deleted", sorted(event.deleted_ids)))

    async def _read(self, event):
        self.told.append(("read", event.max_id, event.outbox))

    async def join(self):
        """Signs in, or up where the number is new."""
        await self.client.connect()
        sent = await self.client.send_code_request("+" + self.phone)
        answer = await self.client(functions.auth.SignInRequest(self.phone, sent.phone_code_hash, self.code))
        if isinstance(answer, types.auth.AuthorizationSignUpRequired):
            answer = await self.client(functions.auth.SignUpRequest(self.phone, sent.phone_code_hash, self.name, ""))
        assert answer.user.is_self and answer.user.phone == self.phone
        self.id = (await self.client.get_me()).id
        return self

    async def knows(self, other):
        """Puts another person into the address book; returns it as this client names it."""
        contact = types.InputPhoneContact(0, other.phone, other.name, "")
        found = await self.client(functions.contacts.ImportContactsRequest([contact]))
        assert [user.id for user in found.users] == [other.id]
        return found.users[0]

    async def hears(self, *wanted, seconds=8):
        """Waits until it has been told this, once."""
        for _ in range(int(seconds / 0.02)):
            if wanted in self.told:
                break
            await asyncio.sleep(0.02)
        assert self.told.count(wanted) == 1, f"{self.name} should hear {wanted} once: {self.told}"

    async def texts(self, other, limit=100):
        """A chat, oldest first."""
        found = await self.client.get_messages(other, limit=limit)
        return [message.message for message in reversed(found)]

    async def leave(self):
        await self.client.disconnect()


async def two(server, kinds=("full", "full")):
    """Two people who know each other: (alice, bob, bob as alice names him, alice as bob names her)."""
    alice = await Person(server, "9996621001", "Alice", kinds[0]).join()
    bob = await Person(server, "9996621002", "Bob", kinds[1]).join()
    return alice, bob, await alice.knows(bob), await bob.knows(alice)


def stored(person):
    """The person's login, for a later client."""
    session = StringSession()
    old = person.client.session
    session.set_dc(old.dc_id, old.server_address, old.port)
    session.auth_key = old.auth_key
    return StringSession(session.save())
