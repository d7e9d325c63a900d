"""A person at TDLib, which drivers/tdlib.py runs, through the server as MTProto proxy."""

import asyncio
import itertools
import pathlib
import re
import shutil
import sys

from .attending import TdlibAttending
from .basic_tdlib import BasicTdlib
from .carrying import TdlibCarrying
from .channels_tdlib import ChannelsTdlib
from .comments import TdlibComments
from .driver import Driver
from .finding_tdlib import FindingTdlib
from .groups_tdlib import GroupsTdlib
from .invites_tdlib import InvitesTdlib
from .keeping import TdlibKeeping
from .naming import TdlibNaming
from .owning import TdlibOwning
from .passing import TdlibPassing
from .person import PATIENCE, Dialog, Event, Message, Person, Profile, Refused
from .polls import TdlibPolls
from .portraits import TdlibPortraits
from .ruling import TdlibRuling
from .server import ROOT, SECRET
from .sets import TdlibSets
from .stickers import TdlibStickers
from .topics import TdlibTopics
from .views import TdlibViews

CLIENTS = ROOT / "tests" / "clients"
KEY = re.compile(rb"-----BEGIN RSA PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END RSA PUBLIC KEY-----")
# Stands for authors whose accounts are hidden.
HIDDEN = 2666000
# Begins the key that signs help.configSimple; it belongs to no data centre.
NO_DC_KEY = b"Ayr+18Rex"


def library(version: str, server) -> pathlib.Path:
    """A copy of tdjson that trusts our server: TDLib has no option for its keys."""
    original, copy = CLIENTS / ".cache" / f"tdjson-{version}", server.folder / f"tdjson-{version}"
    if copy.exists():
        return copy
    pem = server.pem().read_bytes().strip()
    shutil.copytree(original / "tdjson", copy / "tdjson")
    (copy / "tdjson.libs").mkdir()
    for path in (original / "tdjson.libs").iterdir():
        blob, replaced = bytearray(path.read_bytes()), 0
        for found in list(KEY.finditer(blob)):
            if NO_DC_KEY not in found.group():
                assert len(found.group()) == len(pem), "a PKCS#1 key of 2048 bits fits in place"
                blob[found.start() : found.end()] = pem
                replaced += 1
        assert replaced in (0, 2), f"{path.name} has {replaced} keys, a production and a test key are expected"
        (copy / "tdjson.libs" / path.name).write_bytes(blob)
    return copy


class TdlibPerson(
        BasicTdlib, TdlibComments, FindingTdlib, InvitesTdlib, TdlibPolls,
        TdlibTopics, TdlibViews, GroupsTdlib, ChannelsTdlib, TdlibPassing,
        TdlibAttending, TdlibCarrying, TdlibKeeping, TdlibNaming, TdlibOwning, TdlibPortraits,
        TdlibRuling, TdlibSets, TdlibStickers, Person):
    def __init__(self, *given):
        super().__init__(*given)
        _, self.version, *self.pfs = self.kind.split("-")
        self.driver, self.numbers, self.waiting = None, itertools.count(1), {}
        self.log, self.err = self.folder / "td.log", self.folder / "stderr.log"
        self.state, self.chats, self.sent, self.login = None, {}, {}, {}
        # Parts of Saved Messages, by TDLib's numbers for them, as it told last.
        self.topics = {}
        # Members online, by the group.
        self.online = {}

    async def connect(self):
        self.state = None
        command = [sys.executable, "-B", CLIENTS / "drivers" / "tdlib.py", library(self.version, self.server), self.log]
        self.driver = Driver(command, self.folder, self.err, self._hear)
        await self.driver.start()
        await self._open()

    async def _open(self):
        files = str(self.folder / "td")
        if self.pfs:
            # Before the first connection; it answers only once it has its parameters.
            self.driver.say({
                "@type": "setOption", "name": "use_pfs", "value": {"@type": "optionValueBoolean", "value": True}})
        await self.ask(
            "setTdlibParameters", use_test_dc=False, database_directory=files, files_directory=files,
            database_encryption_key="", use_file_database=True, use_chat_info_database=True, use_message_database=True,
            use_secret_chats=True, api_id=1, api_hash="a" * 32, system_language_code="en", device_model="suite",
            system_version="1", application_version="1")
        proxy = {"@type": "proxyTypeMtproto", "secret": SECRET}
        proxy = {"@type": "proxy", "server": "127.0.0.1", "port": self.server.port, "type": proxy}
        await self.ask("addProxy", enable=True, proxy=proxy)

    async def _hear(self, got):
        if got is None:
            self.state = self.state or "Gone"
            return
        number = got.get("@extra")
        # Updates bring an extra of TDLib's own.
        if isinstance(number, int):
            self.waiting.pop(number).set_result(got)
        listen = getattr(self, "_on_" + got["@type"], None)
        if listen is not None:
            await listen(got)

    async def ask(self, kind, **fields):
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        self.driver.say({"@type": kind, "@extra": number, **fields})
        got = await asyncio.wait_for(self.waiting[number], 2 * PATIENCE)
        if got["@type"] == "error":
            raise Refused(got["message"])
        return got

    async def _reach(self, *states):
        async with self.bell:
            try:
                await asyncio.wait_for(self.bell.wait_for(lambda: self.state in states), 2 * PATIENCE)
            except TimeoutError:
                raise AssertionError(f"{self} is {self.state}, not {states}") from None
        return self.state

    async def sign_in(self, password=None, code=None):
        await self._reach("WaitPhoneNumber")
        await self.ask("setAuthenticationPhoneNumber", phone_number=self.phone)
        await self._reach("WaitCode")
        await self.ask("checkAuthenticationCode", code=code or self.code)
        state = await self._reach("WaitRegistration", "WaitPassword", "Ready")
        if state == "WaitPassword":
            if password is None:
                raise Refused("SESSION_PASSWORD_NEEDED")
            await self.ask("checkAuthenticationPassword", password=password)
        elif state == "WaitRegistration":
            await self.ask("registerUser", first_name=self.name, last_name="")
        await self._settle()

    async def _settle(self):
        await self._reach("Ready")
        self.id = (await self.ask("getMe"))["id"]

    async def resume(self):
        await self.connect()
        await self._settle()

    async def leave(self):
        if self.driver is not None:
            driver, self.driver = self.driver, None
            if driver.process.returncode is None:
                driver.say({"@type": "close"})
            await self._reach("Closed", "Gone")
            await driver.stop()

    def complaints(self):
        lines = [it for path in (self.log, self.err) if path.exists() for it in path.read_text().splitlines()]
        return [it for it in lines if it.strip()]

    async def me(self):
        it = await self.ask("getMe")
        return it["id"], it["first_name"], next(iter(it.get("usernames", {}).get("active_usernames", [])), None)

    async def add(self, phone, name):
        contact = {"@type": "importedContact", "phone_number": phone, "first_name": name, "last_name": ""}
        return (await self.ask("importContacts", contacts=[contact]))["user_ids"][0] or None

    async def find(self, username):
        return (await self.ask("searchPublicChat", username=username))["id"]

    async def set_username(self, username):
        await self.ask("setUsername", username=username)

    async def set_name(self, name):
        await self.ask("setName", first_name=name, last_name="")

    async def _chat(self, user):
        """Private chats have their user's id, and have to be made known first; a group has its marked number."""
        if user < 0:
            return user
        if user not in self.chats:
            self.chats[user] = (await self.ask("createPrivateChat", user_id=user, force=True))["id"]
        return self.chats[user]

    async def send(self, chat, text, reply_to=None):
        return await self.send_formatted(chat, text, (), reply_to)

    async def send_formatted(self, chat, text, entities, reply_to=None):
        content = _text(text)
        content["text"]["entities"] = [_formatted(*it) for it in entities]
        fields = {"chat_id": await self._chat(chat), "input_message_content": content}
        if reply_to:
            fields["reply_to"] = {"@type": "inputMessageReplyToMessage", "message_id": reply_to << 20}
        return await self._until_sent((await self.ask("sendMessage", **fields))["id"])

    async def shown(self, chat):
        return [_shown(it) for it in reversed(await self._history(chat))]

    async def _until_sent(self, pending):
        async with self.bell:
            await asyncio.wait_for(self.bell.wait_for(lambda: pending in self.sent), 2 * PATIENCE)
        got = self.sent.pop(pending)
        if isinstance(got, str):
            raise Refused(got)
        return got

    async def edit(self, chat, number, text):
        where = {"chat_id": await self._chat(chat), "message_id": number << 20}
        await self.ask("editMessageText", **where, input_message_content=_text(text))

    async def delete(self, chat, numbers, for_all=True):
        where = {"chat_id": await self._chat(chat), "message_ids": [it << 20 for it in numbers]}
        await self.ask("deleteMessages", **where, revoke=for_all)

    async def read(self, chat, up_to):
        where = {"chat_id": await self._chat(chat), "message_ids": [up_to << 20]}
        await self.ask("viewMessages", **where, force_read=True)

    async def history(self, chat, limit=100):
        return [_message(it) for it in await self._history(chat, limit)]

    async def _history(self, chat, limit=100):
        chat, found, last = await self._chat(chat), [], 0
        # It comes in pieces, the first of them from the local database.
        while len(found) < limit:
            page = await self.ask("getChatHistory", chat_id=chat, from_message_id=last, limit=min(100, limit - len(found)))
            if not page["messages"]:
                break
            found += page["messages"]
            last = found[-1]["id"]
        return found

    async def dialogs(self):
        try:
            while True:
                await self.ask("loadChats", limit=100)
        except Refused as why:
            # How TDLib says that the list is complete.
            assert "Not Found" in str(why), why
        found = (await self.ask("getChats", limit=100))["chat_ids"]
        return [await self._dialog(it) for it in found]

    async def _dialog(self, number):
        it = await self.ask("getChat", chat_id=number)
        last = it.get("last_message")
        return Dialog(number, it["unread_count"], _message(last).text if last else "", it["title"])

    async def react(self, chat, number, *emoji):
        where = {"chat_id": await self._chat(chat), "message_id": number << 20}
        for had in await self._chosen(chat, number):
            if had not in emoji:
                await self.ask("removeMessageReaction", **where, reaction_type=_emoji(had))
        for it in emoji:
            await self.ask(
                "addMessageReaction", **where, reaction_type=_emoji(it), is_big=False, update_recent_reactions=True)

    async def _chosen(self, chat, number):
        found = await self.ask("getMessage", chat_id=await self._chat(chat), message_id=number << 20)
        all_of_it = found.get("interaction_info", {}).get("reactions", {}).get("reactions", [])
        return [it["type"]["emoji"] for it in all_of_it if it["is_chosen"]]

    async def reactions(self, chat, number):
        found = await self.ask("getMessage", chat_id=await self._chat(chat), message_id=number << 20)
        return _reactions(found.get("interaction_info"))

    async def unread_reactions(self, chat):
        return (await self.ask("getChat", chat_id=await self._chat(chat)))["unread_reaction_count"]

    async def read_reactions(self, chat):
        await self.ask("readAllChatReactions", chat_id=await self._chat(chat))

    async def open(self, chat, number):
        await self.read(chat, number)

    async def tags(self):
        found = await self.ask("getSavedMessagesTags", saved_messages_topic_id=0)
        return [(it["tag"]["emoji"], it["label"], it["count"]) for it in found["tags"]]

    async def name_tag(self, emoji, title):
        await self.ask("setSavedMessagesTagLabel", tag=_emoji(emoji), label=title)

    async def tagged(self, emoji):
        found = await self.ask(
            "searchSavedMessages", saved_messages_topic_id=0, tag=_emoji(emoji), query="", from_message_id=0, offset=0,
            limit=100)
        return [_message(it).text for it in found["messages"]]

    async def offered(self, chat, number):
        where = {"chat_id": await self._chat(chat), "message_id": number << 20}
        found = await self.ask("getMessageAvailableReactions", **where, row_size=8)
        lists = [found[it] for it in ("top_reactions", "recent_reactions", "popular_reactions")]
        return [it["type"]["emoji"] for one in lists for it in one]

    async def forward(self, chat, number, to):
        fields = {"chat_id": await self._chat(to), "from_chat_id": await self._chat(chat), "message_ids": [number << 20]}
        return await self._until_sent((await self.ask("forwardMessages", **fields))["messages"][0]["id"])

    async def _load_topics(self):
        try:
            while True:
                await self.ask("loadSavedMessagesTopics", limit=100)
        except Refused as why:
            assert "Not Found" in str(why), why

    async def saved(self):
        await self._load_topics()
        ordered = sorted(self.topics.values(), key=lambda it: -int(it["order"]))
        # Where it thought that a message of its own would belong, a part without messages stays behind.
        shown = [it for it in ordered if "last_message" in it]
        return [(self._origin(it), it["is_pinned"], _message(it["last_message"]).text) for it in shown]

    def _origin(self, topic):
        kind = topic["type"]["@type"].removeprefix("savedMessagesTopicType")
        return {"MyNotes": self.id, "AuthorHidden": HIDDEN}.get(kind) or topic["type"]["chat_id"]

    def _topic(self, origin):
        return next(number for number, it in self.topics.items() if self._origin(it) == origin)

    async def saved_texts(self, origin):
        found = await self.ask(
            "getSavedMessagesTopicHistory", saved_messages_topic_id=self._topic(origin), from_message_id=0, offset=0, limit=100)
        return [_message(it).text for it in reversed(found["messages"])]

    async def pin_saved(self, origin, yes):
        await self.ask(
            "toggleSavedMessagesTopicIsPinned", saved_messages_topic_id=self._topic(origin), is_pinned=yes)

    async def forget_saved(self, origin):
        await self.ask("deleteSavedMessagesTopicHistory", saved_messages_topic_id=self._topic(origin))

    async def later(self, chat, text, at):
        state = {"@type": "messageSchedulingStateSendAtDate", "send_date": at}
        await self._post("sendMessage", chat, input_message_content=_text(text), options={
            "@type": "messageSendOptions", "scheduling_state": state})

    async def _post(self, kind, chat, **fields):
        """Sends something and waits until the server has taken all of it."""
        got = await self.ask(kind, chat_id=await self._chat(chat), **fields)
        pending = [it["id"] for it in got.get("messages", [got])]
        async with self.bell:
            await asyncio.wait_for(self.bell.wait_for(lambda: set(pending) <= set(self.sent)), 2 * PATIENCE)
        sent = [self.sent.pop(it) for it in pending]
        for it in sent:
            if isinstance(it, str):
                raise Refused(it)
        return sent

    async def queue(self, chat):
        found = await self.ask("getChatScheduledMessages", chat_id=await self._chat(chat))
        return [(it["id"], it["content"]["text"]["text"]) for it in found["messages"]]

    async def send_queued(self, chat, number):
        await self.ask("editMessageSchedulingState", chat_id=await self._chat(chat), message_id=number)

    async def unqueue(self, chat, number):
        await self.ask("deleteMessages", chat_id=await self._chat(chat), message_ids=[number], revoke=True)

    async def search(self, words, chat=None):
        if chat is None:
            found = await self.ask("searchMessages", query=words, offset="", limit=50)
        else:
            found = await self.ask("searchChatMessages", chat_id=await self._chat(chat), query=words, limit=50)
        return [_message(it).text for it in found["messages"]]

    async def set_draft(self, chat, text):
        text = {"@type": "draftMessageContentText", "text": {"@type": "formattedText", "text": text}}
        draft = {"@type": "draftMessage", "content": text}
        await self.ask("setChatDraftMessage", chat_id=await self._chat(chat), draft_message=draft)

    async def draft(self, chat):
        draft = (await self.ask("getChat", chat_id=await self._chat(chat))).get("draft_message")
        return draft["content"]["text"]["text"] if draft else ""

    async def pin(self, chat, yes=True):
        # It refuses before it knows which chats are pinned.
        await self.dialogs()
        where = {"chat_id": await self._chat(chat), "chat_list": {"@type": "chatListMain"}}
        await self.ask("toggleChatIsPinned", **where, is_pinned=yes)

    async def pinned(self):
        chats = [await self.ask("getChat", chat_id=it) for it in (await self.ask("getChats", limit=100))["chat_ids"]]
        return [it["id"] for it in chats if any(place["is_pinned"] for place in it["positions"])]

    async def protect(self, chat, yes):
        await self.ask("toggleChatHasProtectedContent", chat_id=await self._chat(chat), has_protected_content=yes)

    async def set_timer(self, chat, seconds):
        await self.ask("setChatMessageAutoDeleteTime", chat_id=await self._chat(chat), message_auto_delete_time=seconds)

    async def type_in(self, chat):
        await self.ask("sendChatAction", chat_id=await self._chat(chat), action={"@type": "chatActionTyping"})

    async def block(self, user, yes=True):
        sender = {"@type": "messageSenderUser", "user_id": user}
        main = {"@type": "blockListMain"}
        await self.ask("setMessageSenderBlockList", sender_id=sender, **({"block_list": main} if yes else {}))
        # It says so before it has told the server; what is asked then comes after.
        blocked = (await self.ask("getBlockedMessageSenders", block_list=main, offset=0, limit=100))["senders"]
        assert yes == (sender in blocked), blocked

    async def set_password(self, new, old=None, email=None, code=None):
        more = {"set_recovery_email_address": True, "new_recovery_email_address": email} if email else {}
        state = await self.ask("setPassword", old_password=old or "", new_password=new or "", new_hint="", **more)
        if email:
            told = state["recovery_email_address_code_info"]
            assert told["length"] == 6 and not state["has_password"], state
            state = await self.ask("checkRecoveryEmailAddressCode", code=await code())
            assert state["has_password"] and state["has_recovery_email_address"], state

    async def recover(self, code):
        await self.ask("requestAuthenticationPasswordRecovery")
        code, hint = await code(), self.login["recovery_email_address_pattern"]
        await self.ask("checkAuthenticationPasswordRecoveryCode", recovery_code=code)
        await self.ask("recoverAuthenticationPassword", recovery_code=code)
        await self._settle()
        return hint

    async def show_login(self):
        await self._reach("WaitPhoneNumber")
        await self.ask("requestQrCodeAuthentication", other_user_ids=[])
        await self._reach("WaitOtherDeviceConfirmation")
        return self.login["link"]

    async def shown_login(self, password=None):
        if await self._reach("WaitPassword", "Ready") == "WaitPassword":
            await self.ask("checkAuthenticationPassword", password=password)
        await self._settle()

    async def let_in(self, link):
        await self.ask("confirmQrCodeAuthentication", link=link)

    async def hide(self, what):
        rules = {"@type": "userPrivacySettingRules", "rules": [{"@type": "userPrivacySettingRuleRestrictAll"}]}
        kind = {"status": "ShowStatus", "phone": "ShowPhoneNumber", "forwards": "ShowLinkInForwardedMessages"}[what]
        await self.ask("setUserPrivacySettingRules", setting={"@type": f"userPrivacySetting{kind}"}, rules=rules)

    async def set_online(self, yes=True):
        await self.ask("setOption", name="online", value={"@type": "optionValueBoolean", "value": yes})

    async def profile(self, user):
        it = await self.ask("getUser", user_id=user)
        status = it["status"]["@type"].removeprefix("userStatus").lower()
        return Profile(it["first_name"], it["phone_number"], status, it["type"]["@type"] == "userTypeDeleted")

    async def origin(self, chat, number):
        it = await self.ask("getMessage", chat_id=await self._chat(chat), message_id=number << 20)
        origin = it["forward_info"]["origin"]
        return origin.get("sender_user_id") or origin["sender_name"]

    async def delete_account(self, password):
        await self.ask("deleteAccount", reason="tired", password=password)

    async def log_out(self):
        await self.ask("logOut")
        await self._reach("Closed")

    async def devices(self):
        found = await self.ask("getActiveSessions")
        return [(it["id"], it["is_current"]) for it in found["sessions"]]

    async def revoke(self, device):
        await self.ask("terminateSession", session_id=device)

    async def signed_out(self):
        await self._reach("LoggingOut", "Closing", "Closed")

    # What TDLib tells, each method by the name of the update.

    async def _on_updateAuthorizationState(self, got):
        async with self.bell:
            self.login = got["authorization_state"]
            self.state = self.login["@type"].removeprefix("authorizationState")
            self.bell.notify_all()

    async def _on_updateMessageSendSucceeded(self, got):
        await self._sent(got["old_message_id"], got["message"]["id"] >> 20)

    async def _on_updateMessageSendFailed(self, got):
        await self._sent(got["old_message_id"], got["error"]["message"])

    async def _sent(self, pending, outcome):
        async with self.bell:
            self.sent[pending] = outcome
            self.bell.notify_all()

    async def _on_updateNewMessage(self, got):
        if "sending_state" not in got["message"]:
            await self.tell(Event("new", _message(got["message"])))

    async def _on_updateMessageContent(self, got):
        text = got["new_content"].get("text", {}).get("text", "")
        await self.tell(Event("edited", Message(got["message_id"] >> 20, text, out=False, chat=got["chat_id"])))

    async def _on_updateMessageInteractionInfo(self, got):
        reactions = _reactions(got.get("interaction_info"))
        await self.tell(Event("reacted", ids=(got["message_id"] >> 20,), reactions=reactions))
        await self._counted(got)

    async def _on_updateSavedMessagesTopic(self, got):
        self.topics[got["topic"]["id"]] = got["topic"]

    async def _on_updateChatAction(self, got):
        if got["action"]["@type"] == "chatActionTyping":
            await self.tell(Event("typing", ids=(got["sender_id"]["user_id"],)))

    async def _on_updateDeleteMessages(self, got):
        if got["is_permanent"]:
            await self.tell(Event("deleted", ids=tuple(it >> 20 for it in got["message_ids"])))

    async def _on_updateChatReadOutbox(self, got):
        await self.tell(Event("read", up_to=got["last_read_outbox_message_id"] >> 20))

    async def _on_updateChatReadInbox(self, got):
        await self.tell(Event("seen", up_to=got["last_read_inbox_message_id"] >> 20))


def _emoji(it):
    return {"@type": "reactionTypeEmoji", "emoji": it}


def _reactions(info):
    found = (info or {}).get("reactions", {}).get("reactions", [])
    return tuple(sorted((it["type"]["emoji"], it["total_count"]) for it in found))


# Telegram's names of formats and TDLib's; then the others' name of what TDLib calls a link or a language.
FORMATS = {
    "Bold": "Bold", "Italic": "Italic", "Code": "Code", "Strike": "Strikethrough", "Underline": "Underline",
    "Spoiler": "Spoiler", "Blockquote": "BlockQuote", "TextUrl": "TextUrl", "Pre": "PreCode"}
MORE = {"TextUrl": "url", "Pre": "language"}
SERVICES = {
    "messageChatSetMessageAutoDeleteTime": "SetMessagesTTL", "messageScreenshotTaken": "ScreenshotTaken",
    "messageContactRegistered": "ContactSignUp",
    "messageBasicGroupChatCreate": "ChatCreate", "messageChatChangeTitle": "ChatEditTitle",
    "messageChatAddMembers": "ChatAddUser", "messageChatDeleteMember": "ChatDeleteUser",
    "messagePinMessage": "PinMessage", "messageChatUpgradeTo": "ChatMigrateTo",
    "messageChatUpgradeFrom": "ChannelMigrateFrom"}


def _formatted(kind, at, length, *more):
    ty = {"@type": f"textEntityType{FORMATS[kind]}", **dict(zip((MORE.get(kind),), more))}
    return {"@type": "textEntity", "offset": at, "length": length, "type": ty}


def _format(it):
    kind = it["type"]["@type"].removeprefix("textEntityType")
    kind = next(ours for ours, theirs in FORMATS.items() if theirs == kind)
    return kind, it["offset"], it["length"], *([it["type"][MORE[kind]]] if kind in MORE else ())


def _shown(it):
    text, service = it["content"].get("text", it["content"].get("caption", {})), SERVICES.get(it["content"]["@type"], "")
    entities = tuple(_format(of) for of in text.get("entities", ()))
    reply, reactions = _message(it).reply_to, _reactions(it.get("interaction_info"))
    return it["id"] >> 20, text.get("text", ""), entities, reply, reactions, service


def _text(text):
    return {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}


def _message(it):
    """TDLib's ids of messages on the server are the server's, shifted."""
    text = it["content"].get("text", it["content"].get("caption", {})).get("text", it["content"]["@type"])
    reply = it.get("reply_to", {}).get("message_id")
    return Message(it["id"] >> 20, text, it["is_outgoing"], reply >> 20 if reply else None, it["chat_id"])
