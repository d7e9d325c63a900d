"""A person at a client, whichever client it is: what scenarios may ask of each, and what arrived there."""

import asyncio
import dataclasses

# How long anything that a push brings may take.
PATIENCE = 15


class Refused(Exception):
    """The server's refusal, with Telegram's name of it as text."""


@dataclasses.dataclass(frozen=True)
class Message:
    """A message as one side's client shows it; ids are the server's."""

    id: int
    text: str
    out: bool
    reply_to: int | None = None
    chat: int | None = None


@dataclasses.dataclass(frozen=True)
class Dialog:
    chat: int
    unread: int
    text: str
    name: str


@dataclasses.dataclass(frozen=True)
class Profile:
    """A user as another's client shows it; the status is online, offline, recently or empty."""

    name: str
    phone: str
    status: str
    deleted: bool = False


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that the client told its user: new, edited, deleted, read (what I wrote), seen (what I read), reacted,
    typing (by whom)."""

    kind: str
    message: Message | None = None
    ids: tuple = ()
    up_to: int = 0
    # Emoji with their numbers.
    reactions: tuple = ()


class Person:
    """Chats are named by the other's user id; the own id names Saved Messages. A group has the number that clients
    show: its own below 0, and a supergroup's marked by -1000000000000."""

    def __init__(self, stage, kind, phone, name, device):
        self.stage, self.server, self.kind = stage, stage.server, kind
        # A test number's code is the digit of its data centre, five times.
        self.phone, self.name, self.code = phone, name, phone[6] * 5
        # What this device keeps between two starts.
        self.folder = self.server.folder / f"{phone}-{device}"
        self.folder.mkdir()
        self.id = 0
        self.events: list[Event] = []
        self.bell = asyncio.Condition()

    def __repr__(self):
        return f"{self.name} at {self.kind}"

    # What each client does in its own way.

    async def connect(self):
        """Starts the client on what the device keeps."""
        raise NotImplementedError

    async def sign_in(self, password=None, code=None):
        """Signs in, or up where the number is new; sets `id`."""
        raise NotImplementedError

    async def resume(self):
        """Starts the client on a stored login; it catches up by itself."""
        raise NotImplementedError

    async def leave(self):
        """Ends the client; the login stays on the device."""
        raise NotImplementedError

    def complaints(self) -> list[str]:
        """What the client's own log calls wrong."""
        raise NotImplementedError

    # What it shares with all others.

    async def join(self):
        await self.connect()
        await self.sign_in()
        return self

    async def tell(self, event):
        async with self.bell:
            self.events.append(event)
            self.bell.notify_all()

    async def expect(self, kind, fits=lambda event: True, what=""):
        """The first event that fits, also when it came before."""

        def found():
            return next((it for it in self.events if it.kind == kind and fits(it)), None)

        try:
            async with self.bell:
                return await asyncio.wait_for(self.bell.wait_for(found), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{self} waited for {kind} {what}; it was told {self.events}") from None

    async def hears(self, text) -> Message:
        """A message of the other side's, which must come once."""
        event = await self.expect("new", lambda it: it.message.text == text and not it.message.out, repr(text))
        assert self.heard().count(text) == 1, f"{self} was told {text!r} {self.heard().count(text)} times"
        return event.message

    async def sees_edit(self, text):
        return (await self.expect("edited", lambda it: it.message.text == text, repr(text))).message

    async def sees_deletion(self, *ids):
        await self.expect("deleted", lambda it: set(ids) <= set(it.ids), f"of {ids}")

    async def sees_read(self, up_to):
        """The other side has read what I wrote."""
        await self.expect("read", lambda it: it.up_to >= up_to, f"up to {up_to}")

    async def sees_reactions(self, number, **counts):
        """The reactions to a message are these now, emoji by their number; the last event tells."""
        wanted = tuple(sorted(counts.items()))

        def told():
            last = [it.reactions for it in self.events if it.kind == "reacted" and number in it.ids]
            return last and last[-1] == wanted

        try:
            async with self.bell:
                await asyncio.wait_for(self.bell.wait_for(told), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"{self} waited for {wanted} at {number}; it was told {self.events}") from None

    async def comes_to(self, wanted, look):
        """What a look shows is this; a client may take a moment to see it."""
        shown = None
        try:
            async with asyncio.timeout(PATIENCE):
                while (shown := await look()) != wanted:
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"{self} shows {shown}, not {wanted}") from None

    async def shows_saved(self, *parts):
        """The parts of Saved Messages are these."""
        await self.comes_to(list(parts), self.saved)

    async def shows_services(self, chat, *kinds):
        """The chat's service messages are these, oldest first."""

        async def services():
            return [it[5] for it in await self.shown(chat) if it[5]]

        await self.comes_to(list(kinds), services)

    async def shows_name(self, user, name):
        async def shown():
            return (await self.profile(user)).name

        await self.comes_to(name, shown)

    def heard(self) -> list[str]:
        return [it.message.text for it in self.events if it.kind == "new" and not it.message.out]

    async def sees_typing(self, user):
        await self.expect("typing", lambda it: it.ids == (user,))

    async def texts(self, chat, limit=100) -> list[str]:
        """A chat's texts, oldest first, as the server has them."""
        return [it.text for it in reversed(await self.history(chat, limit))]

    async def dialog(self, chat) -> Dialog:
        return next(it for it in await self.dialogs() if it.chat == chat)

    async def away(self):
        await self.leave()
        self.events.clear()

    async def refuses(self, name, call):
        """Checks that the server refuses with this name."""
        try:
            got = await call
        except Refused as why:
            assert name in str(why), f"{self} should be refused with {name}, got {why}"
        else:
            raise AssertionError(f"{self} should be refused with {name}, got {got}")
