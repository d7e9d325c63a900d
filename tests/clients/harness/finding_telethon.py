"""Finding channels and posts, at Telethon."""

from telethon import functions, types, utils


class FindingTelethon:
    async def publish(self, title, username=""):
        """A new channel of its own, with a public name; its marked number."""
        made = await self.ask(functions.channels.CreateChannelRequest(title, "about", broadcast=True))
        channel = utils.get_peer_id(types.PeerChannel(made.chats[0].id))
        if username:
            await self.name_group(channel, username)
        return channel

    async def finds(self, words):
        """Public chats that are not its own."""
        found = await self.ask(functions.contacts.SearchRequest(words, 10))
        return [utils.get_peer_id(it) for it in found.results]

    async def _posts(self, **sought):
        found = await self.ask(functions.channels.SearchPostsRequest(
            offset_rate=0, offset_peer=types.InputPeerEmpty(), offset_id=0, limit=10, **sought))
        return [it.message for it in found.messages]

    async def posts_tagged(self, tag):
        return await self._posts(hashtag=tag)

    async def posts_worded(self, words):
        return await self._posts(query=words)

    async def searches_left(self):
        return (await self.ask(functions.channels.CheckSearchPostsFloodRequest())).remains

    async def alike(self, channel=None):
        where = await self._chat(channel) if channel else None
        found = await self.ask(functions.channels.GetChannelRecommendationsRequest(where))
        return [utils.get_peer_id(it) for it in found.chats]

    async def anywhere(self, words):
        return [it.message async for it in self.client.iter_messages(None, search=words, limit=10)]

    async def within(self, channel, words):
        return [it.message async for it in self.client.iter_messages(channel, search=words, limit=10)]

    async def looks(self, link):
        """Whether anybody may look in, what it is called, and whether one has to ask."""
        it = await self.ask(functions.messages.CheckChatInviteRequest(link.partition("+")[2]))
        if isinstance(it, types.ChatInvite):
            assert it.channel and it.broadcast and not it.megagroup, it
            return False, it.title, bool(it.request_needed)
        return True, it.chat.title, False
