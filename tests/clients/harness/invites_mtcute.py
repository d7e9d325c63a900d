"""Invite links and requests to join, at mtcute."""


class InvitesMtcute:
    async def found(self, title):
        return await self.ask("found", title=title)

    async def link(self, group, title="", by_request=False, limit=0):
        return await self.ask("link", group=group, title=title, byRequest=by_request, limit=limit)

    async def preview(self, link):
        return tuple(await self.ask("preview", link=link))

    async def follow(self, link):
        await self.ask("follow", link=link)

    async def asking(self, group):
        return await self.ask("asking", group=group)

    async def came_by(self, group, link):
        return await self.ask("cameBy", group=group, link=link)

    async def grant(self, group, user, yes=True):
        await self.ask("grant", group=group, user=user, yes=yes)

    async def revoke_link(self, group, link):
        await self.ask("revokeLink", group=group, link=link)

    async def admin_log(self, group):
        return await self.ask("adminLog", group=group)
