"""Folders, the archive and shared folders, at mtcute."""


class FoldersMtcute:
    async def folders(self):
        shown = await self.ask("folders")
        return ["*" if it is None else (it[0], sorted(it[1])) for it in shown]

    async def make_folder(self, title, chats):
        await self.ask("makeFolder", title=title, chats=chats)

    async def change_folder(self, title, new, chats):
        await self.ask("changeFolder", title=title, new=new, chats=chats)

    async def delete_folder(self, title):
        await self.ask("deleteFolder", title=title)

    async def order_folders(self, *titles):
        await self.ask("orderFolders", titles=titles)

    async def archive(self, chat, yes=True):
        await self.ask("archive", chat=chat, yes=yes)

    async def archived(self):
        return await self.ask("archived")

    async def share_folder(self, title, chats):
        return await self.ask("shareFolder", title=title, chats=chats)

    async def folder_behind(self, link):
        title, chats = await self.ask("folderBehind", link=link)
        return title, sorted(chats)

    async def take_folder(self, link):
        await self.ask("takeFolder", link=link)

    async def leave_folder(self, title):
        await self.ask("leaveFolder", title=title)
