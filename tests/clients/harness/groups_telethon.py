"""What a person does with supergroups at Telethon."""

import re

from telethon import functions, types, utils

# What one request brings in.
INVITED = 100


class GroupsTelethon:
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
