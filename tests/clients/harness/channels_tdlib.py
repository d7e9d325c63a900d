"""What a person does with broadcast channels at TDLib, beside what it does with supergroups."""

from .groups_tdlib import FIRST
from .person import Refused


class ChannelsTdlib:
    async def broadcast(self, title, about):
        made = await self.ask(
            "createNewSupergroupChat", title=title, is_forum=False, is_channel=True, description=about)
        return made["id"]

    async def look_in(self, channel):
        """Has it open: who has not joined is told of it only then."""
        await self.ask("openChat", chat_id=channel)

    async def sign_posts(self, channel, profiles=False):
        await self.ask(
            "toggleSupergroupSignMessages", supergroup_id=FIRST - channel, sign_messages=True,
            show_message_sender=profiles)

    async def signature(self, channel, number):
        it = await self.ask("getMessage", chat_id=channel, message_id=number << 20)
        assert it["is_channel_post"], it
        return it["author_signature"], it["sender_id"].get("user_id")

    async def source(self, chat, number):
        it = await self.ask("getMessage", chat_id=await self._chat(chat), message_id=number << 20)
        origin = it["forward_info"]["origin"]
        return origin["chat_id"], origin["message_id"] >> 20, origin["author_signature"]

    async def show_channel(self, channel):
        await self.ask("setPersonalChat", chat_id=channel)

    async def shown_channel(self, user):
        return (await self.ask("getUserFullInfo", user_id=user))["personal_chat_id"] or None

    async def public_channels(self):
        kind = {"@type": "publicChatTypeHasUsername"}
        return sorted((await self.ask("getCreatedPublicChats", type=kind))["chat_ids"])

    async def keep_posts(self, channel):
        await self.protect(channel, True)

    async def hears_of_members(self, channel):
        try:
            await self.people(channel, "Recent")
        except Refused as why:
            assert any(it in str(why) for it in ("CHAT_ADMIN_REQUIRED", "inaccessible", "Not enough rights")), why
            return False
        return True
