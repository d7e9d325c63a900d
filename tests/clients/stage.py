"""The people of a scenario, each with a Telethon client, and what their clients complained about."""
import asyncio
import functools
import inspect
import logging
import os
import warnings

from telethon import TelegramClient, events, functions, types
from telethon.crypto import rsa
from telethon.network import connection
from telethon.sessions import SQLiteSession

from server import SECRET, Server

TRANSPORTS = {
    "full": connection.ConnectionTcpFull,
    "abridged": connection.ConnectionTcpAbridged,
    "intermediate": connection.ConnectionTcpIntermediate,
    "obfuscated": connection.ConnectionTcpObfuscated,
    "mtproxy": connection.ConnectionTcpMTProxyRandomizedIntermediate,
}
PATIENCE = 10
# Says that python-socks is missing, which an MTProxy does not need.
warnings.filterwarnings("ignore", message=".*python-socks")


class Complaints(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        # One key exchange in 256: Telethon drops the leading zero byte of g^ab, and tries again.
        if "Step 3 invalid new nonce hash" in record.getMessage():
            return
        self.lines.append(f"{record.levelname} {record.name}: {self.format(record)}")


class Person:
    """A client and all that arrived at it."""

    def __init__(self, stage, number, session, transport):
        self.stage, self.number, self.session, self.transport = stage, number, session, transport
        self.phone = f"+999662{number:04}"
        self.arrived = []
        self.bell = asyncio.Condition()
        self.client = None
        self.user = None

    async def connect(self, **options):
        """A new client over the stored session."""
        session = SQLiteSession(str(self.stage.server.folder / self.session))
        session.set_dc(2, "127.0.0.1", self.stage.server.port)
        if self.transport == "mtproxy":
            options["proxy"] = ("127.0.0.1", self.stage.server.port, SECRET)
        options = {"retry_delay": 0.3, "connection_retries": 40, **options}
        self.client = TelegramClient(
            session, 1, "a" * 32, connection=TRANSPORTS[self.transport], base_logger=self.stage.logger, **options)
        for kind in (events.NewMessage, events.MessageEdited, events.MessageDeleted, events.MessageRead, events.UserUpdate):
            self.client.add_event_handler(self._keep, kind())
        self.client.add_event_handler(self._keep, events.MessageRead(inbox=True))
        await self.client.connect()
        return self

    async def _keep(self, event):
        async with self.bell:
            self.arrived.append(event)
            self.bell.notify_all()

    async def expect(self, kind, fits=lambda event: True):
        """The first event of this kind that fits, also when it came before."""
        def found():
            return next((it for it in self.arrived if isinstance(it, kind.Event) and fits(it)), None)
        try:
            async with self.bell:
                return await asyncio.wait_for(self.bell.wait_for(found), PATIENCE)
        except TimeoutError:
            seen = [(type(it).__module__.split(".")[-1], getattr(it, "raw_text", "")) for it in self.arrived]
            raise AssertionError(f"{self.phone} waited for {kind.__name__} and saw {seen}") from None

    async def receives(self, text):
        return (await self.expect(events.NewMessage, lambda it: it.raw_text == text and not it.out)).message

    def texts(self):
        """Texts of all incoming messages so far."""
        return [it.raw_text for it in self.arrived if isinstance(it, events.NewMessage.Event) and not it.out]

    async def code_sent(self):
        return (await self.client.send_code_request(self.phone)).phone_code_hash

    async def sign_up(self, first_name="", last_name=""):
        code_hash = await self.code_sent()
        answer = await self.client(functions.auth.SignInRequest(self.phone, code_hash, "22222"))
        assert isinstance(answer, types.auth.AuthorizationSignUpRequired), answer
        first_name = first_name or f"Person {self.number}"
        answer = await self.client(functions.auth.SignUpRequest(self.phone, code_hash, first_name, last_name))
        # What Telethon does after its own sign_in; it no longer offers sign_up.
        self.user = await self.client._on_login(answer.user)
        await self.stage.signed_in()
        return self

    async def sign_in(self):
        code_hash = await self.code_sent()
        self.user = await self.client.sign_in(self.phone, "22222", phone_code_hash=code_hash)
        await self.stage.signed_in()
        return self

    async def knows(self, other):
        """Imports the other by phone; afterwards `other.user.id` resolves here."""
        contact = types.InputPhoneContact(other.number, other.phone, other.user.first_name, "")
        answer = await self.client(functions.contacts.ImportContactsRequest([contact]))
        assert [it.id for it in answer.users] == [other.user.id], answer
        assert [it.user_id for it in answer.imported] == [other.user.id], answer
        return answer

    async def disconnect(self):
        await self.client.disconnect()


class Stage:
    def __init__(self, server):
        self.server = server
        self.people = []
        self.asked = 0
        self._complaints = Complaints()
        self.logger = logging.getLogger(f"telethon-{os.path.basename(server.folder)}")
        self.logger.propagate = False
        self.logger.addHandler(self._complaints)

    def trust_the_server(self):
        rsa._server_keys.clear()
        rsa.add_key(self.server.pem(), old=False)

    async def device(self, number, device="phone", transport="full", **options):
        """A connected client that nobody signed in to."""
        self.trust_the_server()
        person = Person(self, number, f"{number}-{device}", transport)
        self.people.append(person)
        return await person.connect(**options)

    async def person(self, number, transport="full", name="", **options):
        return await (await self.device(number, transport=transport, **options)).sign_up(name)

    async def two(self, **options):
        """Two people who know each other."""
        one, two = await self.person(1, **options), await self.person(2, **options)
        await one.knows(two)
        await two.knows(one)
        return one, two

    async def signed_in(self):
        """Waits for the one difference for which Telethon asks after a sign-in."""
        self.asked += 1
        for _ in range(PATIENCE * 20):
            if self.server.calls("updates.getDifference") >= self.asked:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("nobody asked for a difference after a sign-in")

    def quiet(self):
        """Nobody online had to ask for what it missed."""
        more = self.server.calls("updates.getDifference") - self.asked
        assert more == 0, f"updates.getDifference was called {more} times"

    def complaints(self):
        return self._complaints.lines

    async def leave(self):
        for person in self.people:
            if person.client is not None:
                await person.client.disconnect()


def scenario(noisy=False):
    """Marks `async def it(stage)`; the runner gets it with a server of its own. `noisy`: its clients may warn."""
    def mark(act):
        async def played():
            with Server() as server:
                stage = Stage(server)
                try:
                    await act(stage)
                finally:
                    await stage.leave()
                assert noisy or stage.complaints() == [], stage.complaints()
        played.__name__, played.__module__, played.__doc__ = act.__name__, act.__module__, act.__doc__
        return played
    return mark


def each(values, **more):
    """Marks `async def it(stage, value)`: one scenario for each value, named after it."""
    def mark(act):
        module = inspect.getmodule(act)
        for value in values:
            one = functools.partial(act, value=value)
            one.__name__, one.__module__, one.__doc__ = f"{act.__name__}_{value}", act.__module__, act.__doc__
            setattr(module, one.__name__, scenario(**more)(one))
        return None
    return mark
