"""What a person does with broadcast channels at Telethon, beside what it does with supergroups."""

from telethon import functions, types, utils

from .person import Refused


class ChannelsTelethon:
    async def broadcast(self, title, about):
        """A new channel of its own."""
        made = await self.ask(functions.channels.CreateChannelRequest(title, about, broadcast=True))
        return utils.get_peer_id(types.PeerChannel(made.chats[0].id))

    async def look_in(self, channel):
        """It asks whenever it wants to know."""

    async def sign_posts(self, channel, profiles=False):
        """Posts bear their author's name, and lead to its profile."""
        await self.ask(functions.channels.ToggleSignaturesRequest(
            await self._chat(channel), signatures_enabled=True, profiles_enabled=profiles))

    async def signature(self, channel, number):
        """What stands under a post, and the user it leads to."""
        it = await self.client.get_messages(await self._chat(channel), ids=number)
        assert it.post, it
        return it.post_author or "", getattr(it.from_id, "user_id", None)

    async def author(self, channel, number):
        request = functions.channels.GetMessageAuthorRequest(await self._chat(channel), number)
        return (await self.ask(request)).id

    async def source(self, chat, number):
        """The post that a message was forwarded from, and its author's name."""
        it = (await self.client.get_messages(await self._chat(chat), ids=number)).fwd_from
        return utils.get_peer_id(it.from_id), it.channel_post, it.post_author or ""

    async def show_channel(self, channel):
        await self.ask(functions.account.UpdatePersonalChannelRequest(await self._chat(channel)))

    async def shown_channel(self, user):
        """The channel in somebody's profile."""
        it = await self.ask(functions.users.GetFullUserRequest(await self._user(user)))
        number = it.full_user.personal_channel_id
        return number and utils.get_peer_id(types.PeerChannel(number))

    async def public_channels(self):
        found = await self.ask(functions.channels.GetAdminedPublicChannelsRequest())
        return sorted(utils.get_peer_id(it) for it in found.chats)

    async def keep_posts(self, channel):
        """What is posted may not be taken elsewhere."""
        await self.ask(functions.messages.ToggleNoForwardsRequest(await self._chat(channel), True))

    async def hears_of_members(self, channel):
        """Whether it is told who else reads."""
        try:
            await self.people(channel, "Recent")
        except Refused as why:
            assert "CHAT_ADMIN_REQUIRED" in str(why), why
            return False
        return True
