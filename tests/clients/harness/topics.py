"""Forums and their topics, at each client: what persons inherit. Forums are named by their marked numbers, topics by
the server's. A list of topics is shown as titles in their order, `^` before pinned ones, `x` before closed ones."""

from telethon import functions, types, utils

from .person import Refused


def _line(topics):
    """Topics as (title, pinned, closed)."""
    return ", ".join("^" * pinned + "x" * closed + title for title, pinned, closed in topics)


class TelethonTopics:
    async def make_forum(self, title, *users):
        made = await self.ask(functions.channels.CreateChannelRequest(title, "", megagroup=True, forum=True))
        forum = utils.get_peer_id(types.PeerChannel(made.chats[0].id))
        people = [await self.client.get_input_entity(types.PeerUser(it)) for it in users]
        await self.ask(functions.channels.InviteToChannelRequest(await self._forum(forum), people))
        return forum

    async def _forum(self, forum):
        return await self.client.get_input_entity(forum)

    async def open_topic(self, forum, title):
        request = functions.messages.CreateForumTopicRequest(await self._forum(forum), title, icon_color=0x6FB9F0)
        return next(it.id for it in (await self.ask(request)).updates if isinstance(it, types.UpdateMessageID))

    async def say_in(self, forum, topic, text):
        return (await self.client.send_message(await self._forum(forum), text, reply_to=topic)).id

    async def topic_list(self, forum):
        request = functions.messages.GetForumTopicsRequest(await self._forum(forum), None, 0, 0, 100)
        found = await self.ask(request)
        return _line((it.title, bool(it.pinned), bool(it.closed)) for it in found.topics)

    async def said_in(self, forum, topic):
        found = await self.client.get_messages(await self._forum(forum), reply_to=topic, limit=50)
        return [it.text for it in found if it.text]

    async def close_topic(self, forum, topic, yes=True):
        await self.ask(functions.messages.EditForumTopicRequest(await self._forum(forum), topic, closed=yes))

    async def pin_topic(self, forum, topic, yes=True):
        await self.ask(functions.messages.UpdatePinnedForumTopicRequest(await self._forum(forum), topic, yes))

    async def delete_topic(self, forum, topic):
        await self.ask(functions.messages.DeleteTopicHistoryRequest(await self._forum(forum), topic))

    async def draft_in(self, forum, topic, text):
        where = types.InputReplyToMessage(reply_to_msg_id=topic, top_msg_id=topic)
        await self.ask(functions.messages.SaveDraftRequest(await self._forum(forum), text, reply_to=where))

    async def draft_of(self, forum, topic):
        request = functions.messages.GetForumTopicsByIDRequest(await self._forum(forum), [topic])
        draft = (await self.ask(request)).topics[0].draft
        return draft.message if isinstance(draft, types.DraftMessage) else ""


class TdlibTopics:
    async def make_forum(self, title, *users):
        made = await self.ask("createNewSupergroupChat", title=title)
        await self.ask(
            "toggleSupergroupIsForum", supergroup_id=made["type"]["supergroup_id"], is_forum=True,
            has_forum_tabs=False)
        for it in users:
            await self.ask("createPrivateChat", user_id=it)
        await self.ask("addChatMembers", chat_id=made["id"], user_ids=list(users))
        return made["id"]

    async def open_topic(self, forum, title):
        icon = {"@type": "forumTopicIcon", "color": 0x6FB9F0}
        return (await self.ask("createForumTopic", chat_id=forum, name=title, icon=icon))["forum_topic_id"]

    async def say_in(self, forum, topic, text):
        content = {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}
        where = {"@type": "messageTopicForum", "forum_topic_id": topic}
        pending = await self.ask("sendMessage", chat_id=forum, topic_id=where, input_message_content=content)
        return await self._until_sent(pending["id"])

    async def topic_list(self, forum):
        try:
            await self.ask("openChat", chat_id=forum)
        except Refused:
            # It has not heard of the forum yet.
            return ""
        found = await self.ask("getForumTopics", chat_id=forum, query="", limit=100)
        return _line((it["info"]["name"], it["is_pinned"], it["info"]["is_closed"]) for it in found["topics"])

    async def said_in(self, forum, topic):
        found = await self.ask(
            "getForumTopicHistory", chat_id=forum, forum_topic_id=topic, from_message_id=0, offset=0, limit=50)
        contents = [it["content"] for it in found["messages"]]
        return [it["text"]["text"] for it in contents if it["@type"] == "messageText"]

    async def close_topic(self, forum, topic, yes=True):
        await self.ask("toggleForumTopicIsClosed", chat_id=forum, forum_topic_id=topic, is_closed=yes)

    async def pin_topic(self, forum, topic, yes=True):
        await self.ask("toggleForumTopicIsPinned", chat_id=forum, forum_topic_id=topic, is_pinned=yes)

    async def delete_topic(self, forum, topic):
        await self.ask("deleteForumTopic", chat_id=forum, forum_topic_id=topic)

    async def draft_in(self, forum, topic, text):
        content = {"@type": "draftMessageContentText", "text": {"@type": "formattedText", "text": text}}
        where = {"@type": "messageTopicForum", "forum_topic_id": topic}
        draft = {"@type": "draftMessage", "content": content} if text else None
        await self.ask("setChatDraftMessage", chat_id=forum, topic_id=where, draft_message=draft)

    async def draft_of(self, forum, topic):
        draft = (await self.ask("getForumTopic", chat_id=forum, forum_topic_id=topic)).get("draft_message")
        return draft["content"]["text"]["text"] if draft else ""


class MtcuteTopics:
    async def make_forum(self, title, *users):
        return await self.ask("makeForum", title=title, users=users)

    async def open_topic(self, forum, title):
        return await self.ask("openTopic", forum=forum, title=title)

    async def say_in(self, forum, topic, text):
        return await self.ask("send", chat=forum, text=text, replyTo=topic)

    async def topic_list(self, forum):
        return _line(await self.ask("topics", forum=forum))

    async def said_in(self, forum, topic):
        return await self.ask("saidIn", forum=forum, topic=topic)

    async def close_topic(self, forum, topic, yes=True):
        await self.ask("closeTopic", forum=forum, topic=topic, yes=yes)

    async def pin_topic(self, forum, topic, yes=True):
        await self.ask("pinTopic", forum=forum, topic=topic, yes=yes)

    async def delete_topic(self, forum, topic):
        await self.ask("deleteTopic", forum=forum, topic=topic)

    async def draft_in(self, forum, topic, text):
        await self.ask("draftIn", forum=forum, topic=topic, text=text)

    async def draft_of(self, forum, topic):
        return await self.ask("draftOf", forum=forum, topic=topic)
