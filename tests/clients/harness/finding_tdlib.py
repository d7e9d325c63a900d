"""Finding channels and posts, at TDLib."""


def _texts(found):
    return [it["content"]["text"]["text"] for it in found["messages"]]


class FindingTdlib:
    async def publish(self, title, username=""):
        made = await self.ask(
            "createNewSupergroupChat", title=title, is_forum=False, is_channel=True, description="about")
        if username:
            await self.name_group(made["id"], username)
        return made["id"]

    async def finds(self, words):
        return (await self.ask("searchPublicChats", query=words))["chat_ids"]

    async def posts_tagged(self, tag):
        return _texts(await self.ask("searchPublicMessagesByTag", tag="#" + tag, offset="", limit=10))

    async def posts_worded(self, words):
        return _texts(await self.ask("searchPublicPosts", query=words, offset="", limit=10, star_count=0))

    async def searches_left(self):
        return (await self.ask("getPublicPostSearchLimits", query=""))["remaining_free_query_count"]

    async def alike(self, channel=None):
        if channel is None:
            return (await self.ask("getRecommendedChats"))["chat_ids"]
        return (await self.ask("getChatSimilarChats", chat_id=channel))["chat_ids"]

    async def anywhere(self, words):
        found = await self.ask(
            "searchMessages", chat_list=None, query=words, offset="", limit=10, filter=None, chat_type_filter=None,
            min_date=0, max_date=0)
        return _texts(found)

    async def within(self, channel, words):
        found = await self.ask(
            "searchChatMessages", chat_id=channel, topic_id=None, query=words, sender_id=None, from_message_id=0,
            offset=0, limit=10, filter=None)
        return _texts(found)

    async def looks(self, link):
        it = await self.ask("checkChatInviteLink", invite_link=link)
        assert it["type"]["@type"] == "inviteLinkChatTypeChannel", it
        return it["chat_id"] != 0, it["title"], it["creates_join_request"]
