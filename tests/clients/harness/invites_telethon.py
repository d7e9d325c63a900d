"""Invite links and requests to join, at Telethon."""

from telethon import functions, types, utils


class InvitesTelethon:
    async def found(self, title):
        made = await self.ask(functions.channels.CreateChannelRequest(title, "about", megagroup=True))
        return utils.get_peer_id(types.PeerChannel(made.chats[0].id))

    async def link(self, group, title="", by_request=False, limit=0):
        return (await self.ask(functions.messages.ExportChatInviteRequest(
            await self._chat(group), title=title or None, request_needed=by_request or None,
            usage_limit=limit or None))).link

    async def preview(self, link):
        it = await self.ask(functions.messages.CheckChatInviteRequest(link.partition("+")[2]))
        return it.title, it.participants_count, bool(it.request_needed)

    async def follow(self, link):
        await self.ask(functions.messages.ImportChatInviteRequest(link.partition("+")[2]))

    async def asking(self, group):
        return await self._importers(group, requested=True)

    async def came_by(self, group, link):
        return await self._importers(group, link=link)

    async def _importers(self, group, **which):
        found = await self.ask(functions.messages.GetChatInviteImportersRequest(
            await self._chat(group), offset_date=None, offset_user=types.InputUserEmpty(), limit=10, **which))
        return [it.user_id for it in found.importers]

    async def grant(self, group, user, yes=True):
        await self.ask(functions.messages.HideChatJoinRequestRequest(
            await self._chat(group), await self.client.get_input_entity(user), approved=yes))

    async def revoke_link(self, group, link):
        await self.ask(functions.messages.EditExportedChatInviteRequest(await self._chat(group), link, revoked=True))

    async def admin_log(self, group):
        found = await self.ask(functions.channels.GetAdminLogRequest(await self._chat(group), "", 0, 0, 50))
        return [type(it.action).__name__.removeprefix("ChannelAdminLogEventAction") for it in found.events]
