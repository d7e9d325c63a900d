"""What a person does with supergroups at Telethon."""

import datetime
import re

from telethon import functions, types, utils

from .folders_telethon import FoldersTelethon
from .person import Refused

# What one request brings in.
INVITED = 100


class GroupsTelethon(FoldersTelethon):
    async def gather(self, title, *people):
        """A new supergroup with these people, whom it knows; its marked number."""
        made = await self.ask(functions.channels.CreateChannelRequest(title, "", megagroup=True))
        group = utils.get_peer_id(types.PeerChannel(made.chats[0].id))
        await self.bring(group, *people)
        return group

    async def bring(self, group, *people):
        for at in range(0, len(people), INVITED):
            users = [await self._user(it) for it in people[at : at + INVITED]]
            got = await self.ask(functions.channels.InviteToChannelRequest(await self._chat(group), users))
            assert not got.missing_invitees, got

    async def take_out(self, group, user):
        """For good: it is banned."""
        rights = types.ChatBannedRights(until_date=None, view_messages=True)
        await self.ask(functions.channels.EditBannedRequest(await self._chat(group), await self._chat(user), rights))

    async def go_away(self, group):
        await self.ask(functions.channels.LeaveChannelRequest(await self._chat(group)))

    async def rename_group(self, group, title):
        await self.ask(functions.channels.EditTitleRequest(await self._chat(group), title))

    async def crowd(self, said):
        """Knows everybody whom `chappe seed` has made, as it says."""
        first, last = (int(it) for it in re.findall(r"\+(\d+)", said))
        contacts = [types.InputPhoneContact(it, f"+{it}", "Seeded", str(it)) for it in range(first, last + 1)]
        found = await self.ask(functions.contacts.ImportContactsRequest(contacts))
        return [it.id for it in found.users]

    async def _user(self, user):
        it = await self._chat(user)
        return types.InputUser(it.user_id, it.access_hash)

    async def answer_alone(self, group, number, text):
        """Writes to the author of a message of a group, who is known from there only."""
        where = await self._chat(group)
        author = (await self.client.get_messages(where, ids=number)).from_id.user_id
        seen = types.InputPeerUserFromMessage(where, number, author)
        await self.ask(functions.messages.SendMessageRequest(seen, text))

    async def raise_group(self, title, about):
        """A new supergroup of its own."""
        made = await self.ask(functions.channels.CreateChannelRequest(title, about, megagroup=True))
        return utils.get_peer_id(types.PeerChannel(made.chats[0].id))

    async def name_group(self, group, username):
        """Its public name, "" for none."""
        await self.ask(functions.channels.UpdateUsernameRequest(await self._chat(group), username))

    async def find_group(self, username):
        return utils.get_peer_id((await self.ask(functions.contacts.ResolveUsernameRequest(username))).peer)

    async def enter_group(self, group):
        await self.ask(functions.channels.JoinChannelRequest(await self._chat(group)))

    async def appoint(self, group, user, rights, rank):
        """An admin with these rights, by the protocol's names, and this title."""
        rights = types.ChatAdminRights(**{it: True for it in rights})
        where = await self._chat(group)
        await self.ask(functions.channels.EditAdminRequest(where, await self._user(user), rights, rank))

    async def _member(self, group, user):
        where = await self._chat(group)
        return (await self.ask(functions.channels.GetParticipantRequest(where, await self._chat(user)))).participant

    async def my_rights(self, group, names):
        """Which of these rights it has as an admin, and its title."""
        it = await self._member(group, self.id)
        rights = getattr(it, "admin_rights", None)
        return tuple(name for name in names if getattr(rights, name, False)), getattr(it, "rank", None) or ""

    async def restrict(self, group, user, until, *rights):
        """What one may not do, by the names of the rights, until then; 0 is for ever. Nothing lifts it."""
        until = datetime.datetime.fromtimestamp(until, datetime.timezone.utc) if until else None
        rights = types.ChatBannedRights(until_date=until, **{it: True for it in rights})
        await self.ask(functions.channels.EditBannedRequest(await self._chat(group), await self._chat(user), rights))

    async def banned_until(self, group, user):
        return int((await self._member(group, user)).banned_rights.until_date.timestamp())

    async def forbid_all(self, group, *rights):
        rights = types.ChatBannedRights(until_date=None, **{it: True for it in rights})
        await self.ask(functions.messages.EditChatDefaultBannedRightsRequest(await self._chat(group), rights))

    async def slow(self, group, seconds):
        await self.ask(functions.channels.ToggleSlowModeRequest(await self._chat(group), seconds))

    async def people(self, group, kind, words=""):
        """Who is in a list: Recent, Admins, Banned (restricted), Kicked, Search."""
        made = getattr(types, f"ChannelParticipants{kind}")
        which = made(words) if kind in ("Banned", "Kicked", "Search") else made()
        request = functions.channels.GetParticipantsRequest(await self._chat(group), which, 0, 100, 0)
        found = (await self.ask(request)).participants
        return sorted(getattr(it, "user_id", None) or it.peer.user_id for it in found)

    async def facts(self, group):
        """How many members, what it is about, seconds between two messages."""
        it = (await self.ask(functions.channels.GetFullChannelRequest(await self._chat(group)))).full_chat
        return it.participants_count, it.about, it.slowmode_seconds or 0

    async def hide_history(self, group, yes=True):
        """From who comes later."""
        await self.ask(functions.channels.TogglePreHistoryHiddenRequest(await self._chat(group), yes))

    async def common(self, user):
        found = await self.ask(functions.messages.GetCommonChatsRequest(await self._user(user), 0, 10))
        return [utils.get_peer_id(it) for it in found.chats]

    async def standing(self, group):
        """in, out or forbidden."""
        try:
            it = (await self.ask(functions.channels.GetChannelsRequest([await self._chat(group)]))).chats[0]
        except Refused as why:
            assert "CHANNEL_PRIVATE" in str(why), why
            return "forbidden"
        except ValueError:
            # It has not been told of it yet.
            return "out"
        if isinstance(it, types.ChannelForbidden):
            return "forbidden"
        return "out" if it.left else "in"

    async def dissolve(self, group):
        await self.ask(functions.channels.DeleteChannelRequest(await self._chat(group)))
