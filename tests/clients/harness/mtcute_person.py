"""A person at mtcute, which drivers/mtcute.mjs runs."""

import asyncio
import itertools

from .attending import MtcuteAttending
from .basic_mtcute import BasicMtcute
from .carrying import MtcuteCarrying
from .channels_mtcute import ChannelsMtcute
from .comments import MtcuteComments
from .driver import Driver
from .finding_mtcute import FindingMtcute
from .groups_mtcute import GroupsMtcute
from .invites_mtcute import InvitesMtcute
from .keeping import MtcuteKeeping
from .naming import MtcuteNaming
from .owning import MtcuteOwning
from .passing import MtcutePassing
from .person import PATIENCE, Dialog, Event, Message, Person, Profile, Refused
from .polls import MtcutePolls
from .portraits import MtcutePortraits
from .ruling import MtcuteRuling
from .server import ROOT, SECRET
from .sets import MtcuteSets
from .stickers import MtcuteStickers
from .topics import MtcuteTopics
from .views import MtcuteViews

CLIENTS = ROOT / "tests" / "clients"


class MtcutePerson(
        BasicMtcute, MtcuteComments, FindingMtcute, InvitesMtcute, MtcutePolls,
        MtcuteTopics, MtcuteViews, GroupsMtcute, ChannelsMtcute, MtcutePassing,
        MtcuteAttending, MtcuteCarrying, MtcuteKeeping, MtcuteNaming, MtcuteOwning, MtcutePortraits,
        MtcuteRuling, MtcuteSets, MtcuteStickers, Person):
    def __init__(self, *given):
        super().__init__(*given)
        self.driver, self.numbers, self.waiting = None, itertools.count(1), {}
        self.log = self.folder / "log"

    async def connect(self):
        way = self.kind.partition("-")[2]
        # Node 20 has WebSocket, but only says so when asked.
        options = ["--experimental-websocket"] if way == "ws" else []
        command = ["node", "--no-warnings", *options, CLIENTS / "drivers" / "mtcute.mjs", CLIENTS / ".cache" / "node_modules"]
        command += [self.server.port, self.server.pem(), way, SECRET, self.folder / "state"]
        self.driver = Driver(command, self.folder, self.log, self._hear)
        await self.driver.start()
        await self.ask("connect")

    async def _hear(self, line):
        if line is None:
            for waits in self.waiting.values():
                waits.set_exception(AssertionError(f"the process of {self} ended:\n{self.log.read_text()[-2000:]}"))
        elif "event" in line:
            message = Message(**line["message"]) if "message" in line else None
            reactions = tuple(map(tuple, line.get("reactions", ())))
            await self.tell(Event(line["event"], message, tuple(line.get("ids", ())), line.get("upTo", 0), reactions))
        else:
            self.waiting.pop(line["id"]).set_result(line)

    async def ask(self, what, **fields):
        number = next(self.numbers)
        self.waiting[number] = waits = asyncio.get_running_loop().create_future()
        self.driver.say({"id": number, "do": what, **fields})
        answer = await asyncio.wait_for(waits, 2 * PATIENCE)
        if "refused" in answer:
            raise Refused(answer["refused"])
        assert "ok" in answer, f"{self} {what}: {answer.get('error')}"
        return answer["ok"]

    async def sign_in(self, password=None, code=None):
        self.id = await self.ask("signIn", phone=self.phone, code=code or self.code, name=self.name, password=password)

    async def resume(self):
        await self.connect()
        self.id = await self.ask("resume")

    async def leave(self):
        if self.driver is not None:
            await self.ask("leave")
            await self.driver.stop()
            self.driver = None

    def complaints(self):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        # It drops leading zeros of the common secret, so that one key exchange in 256 fails and is done again.
        failed = "Step 4: invalid nonce hash from server"
        return [line for line in lines if line.strip() and failed not in line and not line.startswith("    at ")]

    async def me(self):
        return tuple(await self.ask("me"))

    async def add(self, phone, name):
        return await self.ask("add", phone=phone, name=name)

    async def find(self, username):
        return await self.ask("find", username=username)

    async def set_username(self, username):
        await self.ask("setUsername", username=username)

    async def send(self, chat, text, reply_to=None):
        return await self.ask("send", chat=chat, text=text, replyTo=reply_to)

    async def edit(self, chat, number, text):
        await self.ask("edit", chat=chat, number=number, text=text)

    async def delete(self, chat, numbers, for_all=True):
        await self.ask("delete", chat=chat, numbers=numbers, forAll=for_all)

    async def read(self, chat, up_to):
        await self.ask("read", chat=chat, upTo=up_to)

    async def history(self, chat, limit=100):
        return [Message(**it) for it in await self.ask("history", chat=chat, limit=limit)]

    async def dialogs(self):
        return [Dialog(**it) for it in await self.ask("dialogs")]

    async def react(self, chat, number, *emoji):
        await self.ask("react", chat=chat, number=number, emoji=emoji)

    async def reactions(self, chat, number):
        return tuple(map(tuple, await self.ask("reactions", chat=chat, number=number)))

    async def unread_reactions(self, chat):
        return await self.ask("unreadReactions", chat=chat)

    async def read_reactions(self, chat):
        await self.ask("readReactions", chat=chat)

    async def open(self, chat, number):
        await self.ask("open", number=number)

    async def tags(self):
        return [tuple(it) for it in await self.ask("tags")]

    async def name_tag(self, emoji, title):
        await self.ask("nameTag", emoji=emoji, title=title)

    async def tagged(self, emoji):
        return await self.ask("tagged", emoji=emoji)

    async def offered(self, chat, number):
        return await self.ask("offered")

    async def forward(self, chat, number, to):
        return await self.ask("forward", chat=chat, number=number, to=to)

    async def saved(self):
        return [tuple(it) for it in await self.ask("saved")]

    async def saved_texts(self, origin):
        return await self.ask("savedTexts", origin=origin)

    async def pin_saved(self, origin, yes):
        await self.ask("pinSaved", origin=origin, yes=yes)

    async def forget_saved(self, origin):
        await self.ask("forgetSaved", origin=origin)

    async def later(self, chat, text, at):
        await self.ask("later", chat=chat, text=text, at=at)

    async def queue(self, chat):
        return [tuple(it) for it in await self.ask("queue", chat=chat)]

    async def send_queued(self, chat, number):
        await self.ask("sendQueued", chat=chat, number=number)

    async def unqueue(self, chat, number):
        await self.ask("unqueue", chat=chat, number=number)

    async def search(self, words, chat=None):
        return await self.ask("search", chat=chat, words=words)

    async def set_draft(self, chat, text):
        await self.ask("setDraft", chat=chat, text=text)

    async def draft(self, chat):
        return await self.ask("draft", chat=chat)

    async def pin(self, chat, yes=True):
        await self.ask("pin", chat=chat, yes=yes)

    async def pinned(self):
        return await self.ask("pinned")

    async def block(self, user, yes=True):
        await self.ask("block", user=user, yes=yes)

    async def set_password(self, new, old=None, email=None, code=None):
        await self.ask("setPassword", password=new, old=old, email=email)
        if email:
            await self.ask("verifyPasswordEmail", code=await code())

    async def recover(self, code):
        hint = await self.ask("askRecovery")
        self.id = await self.ask("recover", code=await code())
        return hint

    async def show_login(self):
        return await self.ask("showLogin")

    async def shown_login(self, password=None):
        self.id = await self.ask("shownLogin", password=password)

    async def let_in(self, link):
        await self.ask("letIn", token=link.partition("token=")[2])

    async def hide(self, what):
        key = {"status": "StatusTimestamp", "phone": "PhoneNumber", "forwards": "Forwards"}[what]
        await self.ask("hide", key=f"inputPrivacyKey{key}")

    async def set_online(self, yes=True):
        await self.ask("setOnline", yes=yes)

    async def profile(self, user):
        return Profile(**await self.ask("profile", user=user))

    async def origin(self, chat, number):
        return await self.ask("origin", chat=chat, number=number)

    async def delete_account(self, password):
        await self.ask("deleteAccount", password=password)

    async def log_out(self):
        await self.ask("logOut")

    async def devices(self):
        return [tuple(it) for it in await self.ask("devices")]

    async def revoke(self, device):
        await self.ask("revoke", device=device)

    async def signed_out(self):
        try:
            await self.ask("state")
        except Refused as why:
            assert any(it in str(why) for it in ("AUTH_KEY_UNREGISTERED", "SESSION_REVOKED")), why
            return
        raise AssertionError(f"{self} is still signed in")
