"""What a person does with basic groups at Telethon. A group has its marked number, below 0."""

from telethon import functions, types, utils


class BasicTelethon:
    async def make_group(self, title, *people):
        users = [await self.client.get_input_entity(types.PeerUser(it)) for it in people]
        made = await self.ask(functions.messages.CreateChatRequest(users, title))
        # Older layers are answered with the updates alone.
        updates = made if hasattr(made, "chats") else made.updates
        return utils.get_peer_id(types.PeerChat(updates.chats[0].id))

    async def call_group(self, group, title):
        await self.ask(functions.messages.EditChatTitleRequest(-group, title))

    async def describe_group(self, group, about):
        await self.ask(functions.messages.EditChatAboutRequest(await self._chat(group), about))

    async def add_member(self, group, user, forward=0):
        await self.ask(functions.messages.AddChatUserRequest(-group, await self._chat(user), forward))

    async def remove_member(self, group, user):
        await self.ask(functions.messages.DeleteChatUserRequest(-group, await self._chat(user)))

    async def leave_group(self, group):
        await self.ask(functions.messages.DeleteChatUserRequest(-group, types.InputUserSelf()))

    async def promote(self, group, user, yes=True):
        await self.ask(functions.messages.EditChatAdminRequest(-group, await self._chat(user), yes))

    async def forbid(self, group, *rights):
        """What members may not do, by the names of the rights."""
        rights = types.ChatBannedRights(until_date=None, **{it: True for it in rights})
        await self.ask(functions.messages.EditChatDefaultBannedRightsRequest(types.InputPeerChat(-group), rights))

    async def members(self, group):
        full = await self.ask(functions.messages.GetFullChatRequest(-group))
        found = getattr(full.full_chat.participants, "participants", [])
        kind = lambda it: type(it).__name__.removeprefix("ChatParticipant").lower() or "member"
        return [(it.user_id, kind(it)) for it in found]

    async def group(self, group):
        """Its title and whether this person is in it."""
        it = (await self.ask(functions.messages.GetChatsRequest([-group]))).chats[0]
        return it.title, isinstance(it, types.Chat) and not it.left

    async def pin_message(self, chat, number, yes=True):
        await self.ask(functions.messages.UpdatePinnedMessageRequest(await self._chat(chat), number, unpin=not yes))

    async def pinned_messages(self, chat):
        found = await self.client.get_messages(
            await self._chat(chat), limit=20, filter=types.InputMessagesFilterPinned())
        return [it.message for it in found]

    async def mentions(self, chat):
        """Messages that mention this person and that it has not opened."""
        found = await self.ask(functions.messages.GetUnreadMentionsRequest(await self._chat(chat), 0, 0, 50, 0, 0))
        return [it.message for it in found.messages]

    async def read_mentions(self, chat):
        await self.ask(functions.messages.ReadMentionsRequest(await self._chat(chat)))

    async def migrate(self, group):
        """The group becomes a supergroup, whose marked number this is."""
        made = await self.ask(functions.messages.MigrateChatRequest(-group))
        channel = next(it for it in made.chats if isinstance(it, types.Channel))
        return utils.get_peer_id(types.PeerChannel(channel.id))

    async def end_group(self, group):
        await self.ask(functions.messages.DeleteChatRequest(-group))
