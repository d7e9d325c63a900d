"""Folders, the archive and shared folders, at Telethon."""

from telethon import functions, types, utils


class FoldersTelethon:
    async def folders(self):
        shown = await self.ask(functions.messages.GetDialogFiltersRequest())
        return [self._folder(it) for it in shown.filters]

    def _folder(self, it):
        if isinstance(it, types.DialogFilterDefault):
            return "*"
        return it.title.text, sorted(utils.get_peer_id(peer) for peer in it.include_peers)

    async def _numbered(self, title):
        shown = await self.ask(functions.messages.GetDialogFiltersRequest())
        return next(it for it in shown.filters if getattr(it, "title", None) and it.title.text == title)

    async def make_folder(self, title, chats):
        shown = await self.ask(functions.messages.GetDialogFiltersRequest())
        number = max((it.id for it in shown.filters if hasattr(it, "id")), default=1) + 1
        await self._put_folder(number, title, chats)

    async def change_folder(self, title, new, chats):
        await self._put_folder((await self._numbered(title)).id, new, chats)

    async def _put_folder(self, number, title, chats):
        peers = [await self._chat(it) for it in chats]
        it = types.DialogFilter(number, types.TextWithEntities(title, []), [], peers, [])
        await self.ask(functions.messages.UpdateDialogFilterRequest(number, it))

    async def delete_folder(self, title):
        await self.ask(functions.messages.UpdateDialogFilterRequest((await self._numbered(title)).id))

    async def order_folders(self, *titles):
        order = [0 if it == "*" else (await self._numbered(it)).id for it in titles]
        await self.ask(functions.messages.UpdateDialogFiltersOrderRequest(order))

    async def archive(self, chat, yes=True):
        await self.client.edit_folder(await self._chat(chat), 1 if yes else 0)

    async def archived(self):
        return [it.id for it in await self.client.get_dialogs(folder=1)]

    async def share_folder(self, title, chats):
        number = (await self._numbered(title)).id
        made = await self.ask(functions.chatlists.ExportChatlistInviteRequest(
            types.InputChatlistDialogFilter(number), "For friends", [await self._chat(it) for it in chats]))
        return made.invite.url

    async def folder_behind(self, link):
        it = await self.ask(functions.chatlists.CheckChatlistInviteRequest(link.rpartition("/")[2]))
        return it.title.text, sorted(chat.title for chat in it.chats)

    async def take_folder(self, link):
        slug = link.rpartition("/")[2]
        it = await self.ask(functions.chatlists.CheckChatlistInviteRequest(slug))
        peers = [utils.get_input_peer(chat) for chat in it.chats]
        await self.ask(functions.chatlists.JoinChatlistInviteRequest(slug, peers))

    async def leave_folder(self, title):
        chatlist = types.InputChatlistDialogFilter((await self._numbered(title)).id)
        peers = await self.ask(functions.chatlists.GetLeaveChatlistSuggestionsRequest(chatlist))
        peers = [await self.client.get_input_entity(it) for it in peers]
        await self.ask(functions.chatlists.LeaveChatlistRequest(chatlist, peers))
