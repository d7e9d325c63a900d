"""Finding channels and posts, at mtcute."""


class FindingMtcute:
    async def publish(self, title, username=""):
        return await self.ask("publish", title=title, username=username)

    async def finds(self, words):
        return await self.ask("finds", words=words)

    async def posts_tagged(self, tag):
        return await self.ask("postsTagged", tag=tag)

    async def posts_worded(self, words):
        return await self.ask("postsWorded", words=words)

    async def searches_left(self):
        return await self.ask("searchesLeft")

    async def alike(self, channel=None):
        return await self.ask("alike", channel=channel)

    async def anywhere(self, words):
        return await self.ask("anywhere", words=words)

    async def within(self, channel, words):
        return await self.ask("within", channel=channel, words=words)

    async def looks(self, link):
        return tuple(await self.ask("looks", link=link))
