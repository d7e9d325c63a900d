"""Whose a group is and what its members may do in it, at each client: what persons inherit."""

from telethon import functions, types
from telethon.password import compute_check

from .basic_tdlib import _member


class TelethonOwning:
    async def hand_over(self, group, user, password):
        """The group is somebody else's from then on."""
        proof = compute_check(await self.ask(functions.account.GetPasswordRequest()), password)
        peer, to = await self._chat(group), await self._user(user)
        await self.ask(functions.messages.EditChatCreatorRequest(peer, to, proof))

    async def owns(self, group, user):
        return isinstance(await self._member(group, user), types.ChannelParticipantCreator)

    async def may_all_write(self, group):
        """Whether those may who are no admins, in a basic group."""
        it = (await self.ask(functions.messages.GetChatsRequest([-group]))).chats[0]
        return not it.default_banned_rights.send_plain


class TdlibOwning:
    async def hand_over(self, group, user, password):
        await self.ask("transferChatOwnership", chat_id=group, user_id=user, password=password)

    async def owns(self, group, user):
        it = await self.ask("getChatMember", chat_id=group, member_id=_member(user))
        return it["status"]["@type"] == "chatMemberStatusCreator"

    async def may_all_write(self, group):
        return (await self.ask("getChat", chat_id=group))["permissions"]["can_send_basic_messages"]


class MtcuteOwning:
    async def hand_over(self, group, user, password):
        await self.ask("handOver", group=group, user=user, password=password)

    async def owns(self, group, user):
        return await self.ask("owns", group=group, user=user)

    async def may_all_write(self, group):
        return await self.ask("mayAllWrite", group=group)
