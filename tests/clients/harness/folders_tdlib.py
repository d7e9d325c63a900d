"""Folders, the archive and shared folders, at TDLib."""

from .person import Refused

ARCHIVE = {"@type": "chatListArchive"}


class FoldersTdlib:
    # As TDLib told last.
    told_folders = None

    async def _on_updateChatFolders(self, got):
        self.told_folders = got

    async def folders(self):
        """What the client was told, in its order, with what it has of each."""
        told = self.told_folders or {"chat_folders": [], "main_chat_list_position": 0}
        shown = []
        for it in told["chat_folders"]:
            try:
                folder = await self.ask("getChatFolder", chat_folder_id=it["id"])
            except Refused:
                # It went while this looked; what was told is another by now.
                return None
            shown.append((folder["name"]["text"]["text"], sorted(folder["included_chat_ids"])))
        shown.insert(told["main_chat_list_position"], "*")
        return shown

    def _numbered(self, title):
        return next(it["id"] for it in self.told_folders["chat_folders"] if it["name"]["text"]["text"] == title)

    async def _new_folder(self, title, chats):
        chats = [await self._chat(it) for it in chats]
        text = {"@type": "formattedText", "text": title, "entities": []}
        return {
            "@type": "chatFolder", "name": {"@type": "chatFolderName", "text": text, "animate_custom_emoji": True},
            "color_id": -1, "is_shareable": False, "pinned_chat_ids": [], "included_chat_ids": chats,
            "excluded_chat_ids": []}

    async def make_folder(self, title, chats):
        await self.ask("createChatFolder", folder=await self._new_folder(title, chats))

    async def change_folder(self, title, new, chats):
        await self.ask(
            "editChatFolder", chat_folder_id=self._numbered(title), folder=await self._new_folder(new, chats))

    async def delete_folder(self, title):
        await self.ask("deleteChatFolder", chat_folder_id=self._numbered(title), leave_chat_ids=[])

    async def order_folders(self, *titles):
        await self.ask(
            "reorderChatFolders", chat_folder_ids=[self._numbered(it) for it in titles if it != "*"],
            main_chat_list_position=titles.index("*"))

    async def archive(self, chat, yes=True):
        where = ARCHIVE if yes else {"@type": "chatListMain"}
        await self.ask("addChatToList", chat_id=await self._chat(chat), chat_list=where)

    async def archived(self):
        try:
            while True:
                await self.ask("loadChats", chat_list=ARCHIVE, limit=20)
        except Refused as why:
            # How TDLib says that the list is complete.
            assert "Not Found" in str(why), why
        return (await self.ask("getChats", chat_list=ARCHIVE, limit=20))["chat_ids"]

    async def share_folder(self, title, chats):
        made = await self.ask(
            "createChatFolderInviteLink", chat_folder_id=self._numbered(title), name="For friends", chat_ids=chats)
        return made["invite_link"]

    async def folder_behind(self, link):
        it = await self.ask("checkChatFolderInviteLink", invite_link=link)
        titles = [(await self.ask("getChat", chat_id=chat))["title"] for chat in it["missing_chat_ids"]]
        return it["chat_folder_info"]["name"]["text"]["text"], sorted(titles)

    async def take_folder(self, link):
        it = await self.ask("checkChatFolderInviteLink", invite_link=link)
        await self.ask("addChatFolderByInviteLink", invite_link=link, chat_ids=it["missing_chat_ids"])

    async def leave_folder(self, title):
        number = self._numbered(title)
        chats = (await self.ask("getChatFolderChatsToLeave", chat_folder_id=number))["chat_ids"]
        await self.ask("deleteChatFolder", chat_folder_id=number, leave_chat_ids=chats)
