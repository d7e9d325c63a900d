"""A person at Telethon, in this process. Telethon cannot register, so new numbers use its raw requests."""

import asyncio
import base64
import logging

from telethon import TelegramClient, errors, events, functions, types, utils
from telethon.crypto import rsa
from telethon.network import connection
from telethon.password import compute_check
from telethon.sessions import SQLiteSession
from telethon.tl.alltlobjects import LAYER

from .attending import TelethonAttending
from .basic_telethon import BasicTelethon
from .carrying import TelethonCarrying
from .channels_telethon import ChannelsTelethon
from .comments import TelethonComments
from .finding_telethon import FindingTelethon
from .groups_telethon import GroupsTelethon
from .invites_telethon import InvitesTelethon
from .keeping import TelethonKeeping
from .naming import TelethonNaming
from .owning import TelethonOwning
from .passing import TelethonPassing
from .person import PATIENCE, Dialog, Event, Message, Person, Profile, Refused
from .polls import TelethonPolls
from .portraits import TelethonPortraits
from .ruling import TelethonRuling
from .server import SECRET
from .sets import TelethonSets
from .stickers import TelethonStickers
from .topics import TelethonTopics
from .views import TelethonViews

WAYS = {
    "full": connection.ConnectionTcpFull,
    "abridged": connection.ConnectionTcpAbridged,
    "intermediate": connection.ConnectionTcpIntermediate,
    "obfuscated": connection.ConnectionTcpObfuscated,
    "proxy": connection.ConnectionTcpMTProxyRandomizedIntermediate,
}


# What the library says of itself.
BENIGN = (
    # Of every MTProto proxy, where a package for other proxies is not installed.
    "python-socks",
    # It drops leading zeros of the common secret, so that one key exchange in 256 fails and is done again.
    "new auth_key failed: Step 3 invalid new nonce hash",
)


class Complaints(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        line = f"{record.levelname} {record.getMessage()}"
        if record.exc_info:
            line += f" {record.exc_info[1]!r}"
        if not any(it in line for it in BENIGN):
            self.lines.append(line)


class TelethonPerson(
        BasicTelethon, TelethonComments, FindingTelethon, GroupsTelethon, InvitesTelethon,
        TelethonPolls, TelethonTopics, TelethonViews, ChannelsTelethon, TelethonPassing,
        TelethonAttending, TelethonCarrying, TelethonKeeping, TelethonNaming, TelethonOwning, TelethonPortraits,
        TelethonRuling, TelethonSets, TelethonStickers, Person):
    def __init__(self, *given):
        super().__init__(*given)
        self.log = Complaints()
        self.client = None

    async def connect(self):
        # The library keeps both for the whole process.
        rsa._server_keys.clear()
        rsa.add_key(self.server.pem().read_text(), old=False)
        TelegramClient._config = None
        session = SQLiteSession(str(self.folder / "telethon"))
        session.set_dc(2, "127.0.0.1", self.server.port)
        way = self.kind.partition("-")[2]
        more = {"proxy": ("127.0.0.1", self.server.port, SECRET)} if way == "proxy" else {}
        logger = logging.getLogger(f"telethon-{id(self)}")
        logger.propagate, logger.handlers = False, [self.log]
        self.client = TelegramClient(
            session, 1, "a" * 32, connection=WAYS[way], base_logger=logger, catch_up=True,
            retry_delay=0.3, connection_retries=60, **more)
        self.client.add_event_handler(self._new, events.NewMessage())
        self.client.add_event_handler(self._reacted, events.Raw(types.UpdateMessageReactions))
        moved = types.UpdateChannelMessageViews, types.UpdateChannelMessageForwards
        self.client.add_event_handler(self._counted, events.Raw(moved))
        self.client.add_event_handler(self._typing, events.Raw(types.UpdateUserTyping))
        self.client.add_event_handler(self._typing_in_group, events.Raw(types.UpdateChatUserTyping))
        self.client.add_event_handler(self._edited, events.MessageEdited())
        self.client.add_event_handler(self._deleted, events.MessageDeleted())
        self.client.add_event_handler(self._read, events.MessageRead())
        self.client.add_event_handler(self._seen, events.MessageRead(inbox=True))
        await self.client.connect()

    async def ask(self, request):
        return await _named(self.client(request))

    async def sign_in(self, password=None, code=None):
        sent = await self.ask(functions.auth.SendCodeRequest(self.phone, 1, "a" * 32, types.CodeSettings()))
        number = self.phone, sent.phone_code_hash
        # An operator's command may be what tells the code, once it was sent.
        code = code() if callable(code) else code or self.code
        try:
            answer = await self.ask(functions.auth.SignInRequest(*number, code))
        except Refused as why:
            if password is None or "SESSION_PASSWORD_NEEDED" not in str(why):
                raise
            await _named(self.client.sign_in(password=password))
            return await self._settle()
        if isinstance(answer, types.auth.AuthorizationSignUpRequired):
            answer = await self.ask(functions.auth.SignUpRequest(*number, self.name, ""))
        assert answer.user.is_self and answer.user.phone == self.phone.strip("+"), answer.user
        # What the library does itself after its own sign_in.
        await self.client._on_login(answer.user)
        await self._settle()

    async def _settle(self):
        me = await self.client.get_me()
        assert me is not None, f"{self} is not signed in"
        self.id = me.id

    async def resume(self):
        await self.connect()
        await self._settle()

    async def leave(self):
        if self.client is not None:
            await self.client.disconnect()

    def complaints(self):
        return self.log.lines

    async def _chat(self, chat):
        if chat == self.id:
            return types.InputPeerSelf()
        # A group has its marked number.
        return await self.client.get_input_entity(chat if chat < 0 else types.PeerUser(chat))

    async def me(self):
        it = await self.client.get_me()
        return it.id, it.first_name, it.username

    async def add(self, phone, name):
        found = await self.ask(functions.contacts.ImportContactsRequest([types.InputPhoneContact(0, phone, name, "")]))
        assert [it.user_id for it in found.imported] == [it.id for it in found.users], found
        return found.users[0].id if found.users else None

    async def find(self, username):
        return (await self.ask(functions.contacts.ResolveUsernameRequest(username))).peer.user_id

    async def set_username(self, username):
        await self.ask(functions.account.UpdateUsernameRequest(username))

    async def set_name(self, name):
        await self.ask(functions.account.UpdateProfileRequest(first_name=name))

    async def send(self, chat, text, reply_to=None):
        return (await _named(self.client.send_message(await self._chat(chat), text, reply_to=reply_to))).id

    async def send_formatted(self, chat, text, entities, reply_to=None):
        """Entities are names of their kinds, with offset, length, and a link or language where they have one."""
        made = [getattr(types, f"MessageEntity{kind}")(at, length, *more) for kind, at, length, *more in entities]
        sent = await _named(self.client.send_message(
            await self._chat(chat), text, formatting_entities=made, reply_to=reply_to))
        return sent.id

    async def shown(self, chat):
        """All that is shown of a chat's messages, oldest first: id, text, entities, reply, reactions, kind of service."""
        found = await _named(self.client.get_messages(await self._chat(chat), limit=100))
        return [self._shown(it) for it in reversed(found)]

    def _shown(self, it):
        entities = [_entity(of) for of in it.entities or ()]
        action = type(it.action).__name__.removeprefix("MessageAction") if it.action else ""
        reactions = _reactions(it.reactions) if it.reactions else ()
        return it.id, it.message or "", tuple(entities), self._message(it).reply_to, reactions, action

    async def edit(self, chat, number, text):
        await _named(self.client.edit_message(await self._chat(chat), number, text))

    async def delete(self, chat, numbers, for_all=True):
        await _named(self.client.delete_messages(await self._chat(chat), numbers, revoke=for_all))

    async def read(self, chat, up_to):
        await _named(self.client.send_read_acknowledge(await self._chat(chat), max_id=up_to))

    async def history(self, chat, limit=100):
        return [self._message(it) for it in await _named(self.client.get_messages(await self._chat(chat), limit=limit))]

    async def dialogs(self):
        found = await _named(self.client.get_dialogs())
        return [Dialog(it.id, it.unread_count, it.message.message or "", it.name) for it in found]

    async def react(self, chat, number, *emoji):
        chosen = [types.ReactionEmoji(it) for it in emoji]
        await self.ask(functions.messages.SendReactionRequest(
            await self._chat(chat), number, add_to_recent=bool(emoji), reaction=chosen))

    async def reactions(self, chat, number):
        found = await _named(self.client.get_messages(await self._chat(chat), ids=number))
        return _reactions(found.reactions) if found.reactions else ()

    async def unread_reactions(self, chat):
        peer = types.InputDialogPeer(await self._chat(chat))
        return (await self.ask(functions.messages.GetPeerDialogsRequest([peer]))).dialogs[0].unread_reactions_count

    async def read_reactions(self, chat):
        read = await self.ask(functions.messages.ReadReactionsRequest(await self._chat(chat)))
        assert read.offset == 0, read

    async def open(self, chat, number):
        await self.ask(functions.messages.ReadMessageContentsRequest([number]))

    async def tags(self):
        found = await self.ask(functions.messages.GetSavedReactionTagsRequest(0))
        return [(it.reaction.emoticon, it.title or "", it.count) for it in found.tags]

    async def name_tag(self, emoji, title):
        await self.ask(functions.messages.UpdateSavedReactionTagRequest(types.ReactionEmoji(emoji), title))

    async def tagged(self, emoji):
        request = functions.messages.SearchRequest(
            types.InputPeerSelf(), "", types.InputMessagesFilterEmpty(), None, None, 0, 0, 100, 0, 0, 0,
            saved_reaction=[types.ReactionEmoji(emoji)])
        return [it.message for it in (await self.ask(request)).messages]

    async def offered(self, chat, number):
        found = await self.ask(functions.messages.GetAvailableReactionsRequest(0))
        return [it.reaction for it in found.reactions]

    async def forward(self, chat, number, to):
        sent = await _named(self.client.forward_messages(await self._chat(to), number, await self._chat(chat)))
        return sent.id

    async def saved(self):
        request = functions.messages.GetSavedDialogsRequest(None, 0, types.InputPeerEmpty(), 100, 0)
        found = await self.ask(request)
        texts = {it.id: it.message for it in found.messages}
        return [(it.peer.user_id, bool(it.pinned), texts[it.top_message]) for it in found.dialogs]

    async def saved_texts(self, origin):
        request = functions.messages.GetSavedHistoryRequest(await self._chat(origin), 0, None, 0, 100, 0, 0, 0)
        return [it.message for it in reversed((await self.ask(request)).messages)]

    async def pin_saved(self, origin, yes):
        peer = types.InputDialogPeer(await self._chat(origin))
        await self.ask(functions.messages.ToggleSavedDialogPinRequest(peer, pinned=yes))

    async def forget_saved(self, origin):
        left = 1
        while left:
            request = functions.messages.DeleteSavedHistoryRequest(await self._chat(origin), 2**31 - 1)
            left = (await self.ask(request)).offset

    async def later(self, chat, text, at):
        await _named(self.client.send_message(await self._chat(chat), text, schedule=at))

    async def queue(self, chat):
        found = await self.ask(functions.messages.GetScheduledHistoryRequest(await self._chat(chat), 0))
        return [(it.id, it.message) for it in found.messages]

    async def send_queued(self, chat, number):
        await self.ask(functions.messages.SendScheduledMessagesRequest(await self._chat(chat), [number]))

    async def unqueue(self, chat, number):
        await self.ask(functions.messages.DeleteScheduledMessagesRequest(await self._chat(chat), [number]))

    async def search(self, words, chat=None):
        where = await self._chat(chat) if chat else None
        return [it.message for it in await _named(self.client.get_messages(where, limit=50, search=words))]

    async def set_draft(self, chat, text):
        await self.ask(functions.messages.SaveDraftRequest(await self._chat(chat), text))

    async def draft(self, chat):
        found = await self.ask(functions.messages.GetPeerDialogsRequest([types.InputDialogPeer(await self._chat(chat))]))
        return getattr(found.dialogs[0].draft, "message", "")

    async def pin(self, chat, yes=True):
        where = types.InputDialogPeer(await self._chat(chat))
        await self.ask(functions.messages.ToggleDialogPinRequest(where, yes))

    async def pinned(self):
        found = await self.ask(functions.messages.GetPinnedDialogsRequest(0))
        return [it.peer.user_id for it in found.dialogs]

    async def protect(self, chat, yes):
        await self.ask(functions.messages.ToggleNoForwardsRequest(await self._chat(chat), yes))

    async def type_in(self, chat):
        await self.ask(functions.messages.SetTypingRequest(await self._chat(chat), types.SendMessageTypingAction()))

    async def tell_of_screenshot(self, chat, reply_to):
        request = functions.messages.SendScreenshotNotificationRequest
        # Another type since layer 160.
        answered = reply_to if LAYER < 160 else types.InputReplyToMessage(reply_to)
        await self.ask(request(await self._chat(chat), answered))

    async def set_timer(self, chat, seconds):
        await self.ask(functions.messages.SetHistoryTTLRequest(await self._chat(chat), seconds))

    async def block(self, user, yes=True):
        kind = functions.contacts.BlockRequest if yes else functions.contacts.UnblockRequest
        await self.ask(kind(await self._chat(user)))

    async def set_password(self, new, old=None, email=None, code=None):
        more = {"email": email, "email_code_callback": lambda length: code()} if email else {}
        await _named(self.client.edit_2fa(current_password=old, new_password=new, **more))

    async def recover(self, code):
        hint = (await self.ask(functions.auth.RequestPasswordRecoveryRequest())).email_pattern
        answer = await self.ask(functions.auth.RecoverPasswordRequest(await code()))
        await self.client._on_login(answer.user)
        await self._settle()
        return hint

    async def show_login(self):
        login = await self.client.qr_login()
        self.waits = asyncio.create_task(_named(login.wait(2 * PATIENCE)))
        return login.url

    async def shown_login(self, password=None):
        try:
            await self.waits
        except Refused as why:
            if password is None or "SESSION_PASSWORD_NEEDED" not in str(why):
                raise
            await _named(self.client.sign_in(password=password))
        await self._settle()

    async def let_in(self, link):
        token = link.partition("token=")[2]
        token = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        await self.ask(functions.auth.AcceptLoginTokenRequest(token))

    async def hide(self, what):
        key = {
            "status": types.InputPrivacyKeyStatusTimestamp, "phone": types.InputPrivacyKeyPhoneNumber,
            "forwards": types.InputPrivacyKeyForwards}[what]()
        await self.ask(functions.account.SetPrivacyRequest(key, [types.InputPrivacyValueDisallowAll()]))

    async def set_online(self, yes=True):
        await self.ask(functions.account.UpdateStatusRequest(offline=not yes))

    async def profile(self, user):
        it = (await self.ask(functions.users.GetUsersRequest([await self._chat(user)])))[0]
        status = type(it.status).__name__.removeprefix("UserStatus").lower()
        return Profile(it.first_name or "", it.phone or "", status, bool(it.deleted))

    async def origin(self, chat, number):
        it = (await _named(self.client.get_messages(await self._chat(chat), ids=number))).fwd_from
        return it.from_id.user_id if it.from_id else it.from_name

    async def delete_account(self, password):
        proof = compute_check(await self.ask(functions.account.GetPasswordRequest()), password)
        await self.ask(functions.account.DeleteAccountRequest("tired", proof))

    async def log_out(self):
        await self.client.log_out()

    async def devices(self):
        found = await self.ask(functions.account.GetAuthorizationsRequest())
        return [(it.hash, it.current) for it in found.authorizations]

    async def revoke(self, device):
        await self.ask(functions.account.ResetAuthorizationRequest(device))

    async def signed_out(self):
        try:
            await self.client(functions.updates.GetStateRequest())
        except (errors.UnauthorizedError, ConnectionError):
            return
        raise AssertionError(f"{self} is still signed in")

    def _message(self, it):
        reply = it.reply_to.reply_to_msg_id if it.reply_to else None
        return Message(it.id, it.message or "", bool(it.out), reply, utils.get_peer_id(it.peer_id))

    async def _new(self, event):
        await self.tell(Event("new", self._message(event.message)))

    async def _reacted(self, update):
        await self.tell(Event("reacted", ids=(update.msg_id,), reactions=_reactions(update.reactions)))

    async def _typing(self, update):
        await self.tell(Event("typing", ids=(update.user_id,)))

    async def _typing_in_group(self, update):
        await self.tell(Event("typing", ids=(update.from_id.user_id,)))

    async def _edited(self, event):
        await self.tell(Event("edited", self._message(event.message)))

    async def _deleted(self, event):
        await self.tell(Event("deleted", ids=tuple(event.deleted_ids)))

    async def _read(self, event):
        await self.tell(Event("read", up_to=event.max_id))

    async def _seen(self, event):
        await self.tell(Event("seen", up_to=event.max_id))


NAMES = {kind: name for name, kind in errors.rpcerrorlist.rpc_errors_dict.items()}
# Found by a pattern, as it ends in seconds.
NAMES[errors.SlowModeWaitError] = "SLOWMODE_WAIT"


async def _named(call):
    """A call whose error has Telegram's name again, of which the library made a class."""
    try:
        return await call
    except errors.RPCError as why:
        raise Refused(NAMES.get(type(why), why.message)) from why


def _entity(it):
    more = [getattr(it, name) for name in ("url", "language") if hasattr(it, name)]
    return type(it).__name__.removeprefix("MessageEntity"), it.offset, it.length, *more


def _reactions(it):
    return tuple(sorted((one.reaction.emoticon, one.count) for one in it.results))
